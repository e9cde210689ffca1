use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use foldlog::{
    core::{
        Head,
        read::{EventFilter, PageLimits},
    },
    engine::EventStore,
    storage::{ReadEvents, StorageError, StorageErrorKind},
};
use tokio::sync::watch;

use super::{
    FanoutOptions,
    fanout::Shared,
    proof::{prove, still_has},
    ring::{Batch, Ring},
};
use crate::{PostgresStorage, log::Log, read::read_events, tables};

/// The newest events of a log, as one task reads them for all streams.
pub(super) struct Follower {
    ring: Mutex<Ring>,
    /// Has one receiver a stream.
    state: watch::Sender<FollowerState>,
}

/// How far the follower is.
#[derive(Clone, Debug)]
pub(super) enum FollowerState {
    /// It has seen the log up to here.
    At(Head),
    /// The log cannot be followed any further.
    Ended(StorageError),
}

impl Follower {
    pub(super) fn at(place: Head) -> Self {
        Self {
            ring: Mutex::new(Ring::at(place)),
            state: watch::Sender::new(FollowerState::At(place)),
        }
    }

    /// Held for one look and never across an await.
    pub(super) fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn watch(&self) -> watch::Receiver<FollowerState> {
        self.state.subscribe()
    }

    pub(super) fn streams(&self) -> usize {
        self.state.receiver_count()
    }

    pub(super) fn has_ended(&self) -> bool {
        matches!(*self.state.borrow(), FollowerState::Ended(_))
    }

    /// The first reason stays.
    fn end(&self, error: StorageError) {
        self.state.send_if_modified(|state| {
            let is_first = matches!(state, FollowerState::At(_));
            if is_first {
                *state = FollowerState::Ended(error);
            }
            is_first
        });
    }

    fn advance(&self, change: impl FnOnce(&mut Ring)) {
        let end = {
            let mut ring = self.ring();
            change(&mut ring);
            ring.end()
        };
        self.state.send_replace(FollowerState::At(end));
    }
}

/// Sees to it that no stream waits for a task that has panicked.
struct Ending<'a>(&'a Follower);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let message = "the log is not followed any more: begin another stream";
            let error = StorageError::new(StorageErrorKind::StorageUnavailable, message);
            self.0.end(error);
        }
    }
}

/// Reads what is new whenever there is news, until no stream is left, the handle is closed or the log cannot be followed.
pub(super) async fn run(shared: Arc<Shared>, follower: Arc<Follower>) {
    let log = shared.log();
    let _ending = Ending(&follower);
    let mut news = log.news.clone();
    let mut closing = log.closing.subscribe();
    loop {
        // Before looking, so that what comes meanwhile makes it look again.
        news.mark_unchanged();
        match look(log, &shared.store, &follower, &shared.options).await {
            Ok(true) => continue,
            Ok(false) => {}
            // A database that is away for a while ends no stream: the next look may find it.
            Err(error) if error.kind.is_retryable() => {}
            Err(error) => return follower.end(error),
        }
        tokio::select! {
            _ = news.changed() => {}
            () = tokio::time::sleep(log.database.options.poll) => {}
            _ = closing.wait_for(|closed| *closed) => return,
            () = follower.state.closed() => if shared.retire(&follower) { return },
        }
    }
}

/// Reads a page of what is new; whether there may be more.
async fn look(
    log: &Log,
    store: &EventStore<PostgresStorage>,
    follower: &Follower,
    options: &FanoutOptions,
) -> Result<bool, StorageError> {
    let place = follower.ring().end();
    let head = tables::head(log).await?;
    if head == place {
        return Ok(false);
    }
    if head.sequence_number <= place.sequence_number {
        still_has(store, &place).await?;
        if head.sequence_number == place.sequence_number {
            follower.advance(|ring| ring.change_epoch(head));
        }
        return Ok(false);
    }
    let request = ReadEvents {
        filter: EventFilter::default(),
        from: Some(place.sequence_number),
        backward: false,
        with_place: true,
        limits: PageLimits {
            events: options.page_events,
            bytes: options.page_bytes,
        },
    };
    let page = read_events(log, &request).await?;
    let Some(after) = page.place else { return Ok(false) };
    prove(log, store, &place, &after).await?;
    let is_more = !page.done;
    let batch = Batch::new(place, after, page)
        .map_err(|damage| StorageError::corrupted(place.sequence_number + 1, damage.reason.clone()))?;
    follower.advance(|ring| ring.push(batch, options));
    Ok(is_more)
}
