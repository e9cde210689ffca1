use std::{
    future::poll_fn,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Poll,
    time::Duration,
};

use futures_channel::oneshot;

use super::{
    log::Log,
    transport::{OnReach, Request, Transport},
};
use crate::{
    core::read::EventFilter,
    storage::StorageError,
    wire::{StreamFrom, StreamRequest},
};

/// A stream that says nothing for so long is dead.
const SILENCE: Duration = Duration::from_secs(40);
/// How often a waiting reader looks for itself while a stream tells the news.
const POLL_BEHIND_STREAM: Duration = Duration::from_secs(30);
/// The same without a stream: at first, and at the most.
const POLL_FIRST: Duration = Duration::from_secs(2);
const POLL_LAST: Duration = Duration::from_secs(30);
/// The longest pause before a stream is opened again: at first, and at the most.
const PAUSE_FIRST: Duration = Duration::from_secs(1);
const PAUSE_LAST: Duration = Duration::from_secs(60);

/// News that the log has grown: from the stream, and from this handle. Only hints; the log is the truth.
#[derive(Default)]
pub(super) struct News(Mutex<State>);

#[derive(Default)]
struct State {
    heard: u64,
    /// How many lines the stream has told.
    lines: u64,
    is_followed: bool,
    is_streamed: bool,
    waiters: Vec<oneshot::Sender<()>>,
}

impl News {
    /// Tells those who wait that the log reaches this far; 0 only wakes.
    pub(super) fn hear(&self, last: u64) {
        let mut state = self.lock();
        state.heard = state.heard.max(last);
        let waiters = std::mem::take(&mut state.waiters);
        drop(state);
        for waiter in waiters {
            let _ = waiter.send(());
        }
    }

    /// Completes when there is news, or when the log is closed.
    fn waiter(&self) -> oneshot::Receiver<()> {
        let (waiter, woken) = oneshot::channel();
        let mut state = self.lock();
        state.waiters.retain(|waiter| !waiter.is_canceled());
        state.waiters.push(waiter);
        woken
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No step between two fields can panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Completes when the log holds more than `after`; fails when it is closed, or for what time does not heal.
pub(super) async fn changed<T: Transport>(log: &Arc<Log<T>>, after: u64) -> Result<(), StorageError> {
    let mut pause = POLL_FIRST;
    log.check_open()?;
    follow(log);
    loop {
        let woken = log.news.waiter();
        let (reached, is_streamed) = {
            let state = log.news.lock();
            (state.heard, state.is_streamed)
        };
        log.check_open()?;
        if reached <= after {
            let patience = if is_streamed { POLL_BEHIND_STREAM } else { pause };
            pause = (pause * 2).min(POLL_LAST);
            either(woken, log.environment.sleep(patience)).await;
            log.check_open()?;
        }
        match log.place(None).await {
            Ok(Some(head)) => {
                // What was heard may be wrong; it must not keep the reader busy.
                log.news.lock().heard = head.sequence_number;
                if head.sequence_number > after {
                    return Ok(());
                }
            }
            Ok(None) => {}
            // A call may fail at once, for instance if it may not come back before its deadline.
            Err(error) if error.is_retryable() => pause_while_open(log, pause).await,
            Err(error) => return Err(error),
        }
    }
}

/// Sees to it that a stream is followed; one serves all who wait.
fn follow<T: Transport>(log: &Arc<Log<T>>) {
    if !std::mem::replace(&mut log.news.lock().is_followed, true) {
        log.transport.spawn(Box::pin(follow_stream(Arc::clone(log))));
    }
}

async fn follow_stream<T: Transport>(log: Arc<Log<T>>) {
    let (mut longest, mut fresh_token) = (PAUSE_FIRST, false);
    while log.check_open().is_ok() {
        let request = stream_request(&log);
        let before = log.news.lock().lines;
        let ended = log.transport.stream(&request, fresh_token, on_reach(&log)).await;
        let told = {
            let mut state = log.news.lock();
            state.is_streamed = false;
            state.lines > before
        };
        let status = ended.as_ref().map_or(0, |response| response.status);
        // A token that was good for a stream has expired since; one that never was is asked for once.
        fresh_token = told || status == 401 && !fresh_token;
        if told {
            longest = PAUSE_FIRST;
        }
        // A log that was rewound is told by the reads.
        if !told && matches!(status, 400..=499) && status != 401 && status != 429 {
            longest = PAUSE_LAST;
        }
        if log.check_open().is_err() {
            return;
        }
        let asked = ended.ok().and_then(|response| response.retry_after).unwrap_or_default();
        pause_while_open(&log, log.jittered(longest).max(asked)).await;
        longest = (longest * 2).min(PAUSE_LAST);
    }
}

fn stream_request<T: Transport>(log: &Log<T>) -> Request {
    let wanted = StreamRequest {
        after: StreamFrom::Sequence(log.newest().map_or(0, |head| head.sequence_number)),
        filter: EventFilter::default(),
        events: false,
    };
    let mut body = String::new();
    wanted.write_json(&mut body);
    Request {
        timeout: SILENCE,
        ..log.request("POST", log.path("/stream"), body)
    }
}

fn on_reach<T: Transport>(log: &Arc<Log<T>>) -> OnReach {
    let log = Arc::downgrade(log);
    Arc::new(move |last| {
        let Some(log) = log.upgrade() else { return };
        let mut state = log.news.lock();
        state.lines += 1;
        state.is_streamed = true;
        let is_news = last > state.heard;
        drop(state);
        if is_news {
            log.news.hear(last);
        }
    })
}

/// Waits for so long, or until the log is closed; news does not end it.
pub(super) async fn pause_while_open<T: Transport>(log: &Log<T>, pause: Duration) {
    let mut over = log.environment.sleep(pause);
    loop {
        // Before it is asked whether the log is open, so that closing either is seen or wakes.
        let woken = log.news.waiter();
        if log.check_open().is_err() || !either(woken, &mut over).await {
            return;
        }
    }
}

/// Completes with the first of two futures; says whether it is the first one.
async fn either(first: impl Future, second: impl Future) -> bool {
    let (mut first, mut second) = (pin!(first), pin!(second));
    poll_fn(|context| {
        if first.as_mut().poll(context).is_ready() {
            return Poll::Ready(true);
        }
        second.as_mut().poll(context).map(|_| false)
    })
    .await
}
