use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_channel::oneshot;

use super::{log::Log, seen::check_head, transport::Transport};
use crate::{
    core::{
        Head,
        append::{AppendRejection, Expectation, PreparedAppend, Receipt},
    },
    maybe_send::MaybeSend,
    storage::{AppendError, AppendRequest, Outcome, StorageError, StorageErrorKind},
    wire,
};

/// Appends that wait for their turn: the next one is sent when the outcome of the one before is known, since a server could do them
/// in another order.
#[derive(Default)]
pub(super) struct Queue(Mutex<State>);

#[derive(Default)]
struct State {
    waiting: VecDeque<Pending>,
    is_working: bool,
    until_idle: Vec<oneshot::Sender<()>>,
}

struct Pending {
    request: AppendRequest,
    reply: oneshot::Sender<Result<Receipt, AppendError>>,
}

/// Puts an append at the end of the queue, at once; the future waits for its outcome and may be dropped.
pub(super) fn enqueue<T: Transport>(
    log: &Arc<Log<T>>,
    request: AppendRequest,
) -> impl Future<Output = Result<Receipt, AppendError>> + MaybeSend + use<T> {
    let (reply, outcome) = oneshot::channel();
    let mut refused = None;
    let mut state = log.queue.lock();
    // Under the lock, so that whoever closes either sees this append or is seen by it.
    match log.check_open() {
        Ok(()) => state.waiting.push_back(Pending { request, reply }),
        Err(closed) => refused = Some(closed.with_outcome(Outcome::NotCommitted)),
    }
    let begins = !state.waiting.is_empty() && !std::mem::replace(&mut state.is_working, true);
    drop(state);
    if begins {
        log.transport.spawn(Box::pin(work(Arc::clone(log))));
    }
    async move {
        match refused {
            Some(error) => Err(error.into()),
            None => outcome
                .await
                .unwrap_or_else(|_| Err(StorageError::closed().with_outcome(Outcome::Unknown).into())),
        }
    }
}

/// Waits until every append has its outcome.
pub(super) async fn until_idle<T: Transport>(log: &Log<T>) {
    let (done, ended) = oneshot::channel();
    {
        let mut state = log.queue.lock();
        if !state.is_working {
            return;
        }
        state.until_idle.push(done);
    }
    // It fails only if the one who works is gone.
    let _ = ended.await;
}

async fn work<T: Transport>(log: Arc<Log<T>>) {
    while let Some(pending) = log.queue.next() {
        let outcome = append(&log, &pending.request).await;
        // Whoever does not wait any more does not need the answer.
        let _ = pending.reply.send(outcome);
    }
}

async fn append<T: Transport>(log: &Log<T>, request: &AppendRequest) -> Result<Receipt, AppendError> {
    let known = log.newest();
    let mut body = String::new();
    wire::write_append(&mut body, request);
    let called = log.call(log.request("POST", log.path("/append"), body)).await;
    let error = match called.result {
        Ok(response) => match wire::read_receipt(&response.body) {
            Ok(receipt) if called.may_be_done => return arrived(log, known, found_again(receipt, known)).await,
            Ok(receipt) => return arrived(log, known, receipt).await,
            // It was done; the answer was cut, or is not a server's of this protocol.
            Err(invalid) => super::log::not_understood(invalid),
        },
        Err(refused) => match refused.into_append_error() {
            AppendError::Storage(error) if called.may_be_done => error,
            AppendError::Storage(error) => return Err(error.with_outcome(Outcome::NotCommitted).into()),
            AppendError::Rejected(rejected) if called.may_be_done && may_hold_later(&rejected) => {
                let message =
                    format!("an attempt was lost and may still arrive; the one after it was refused: {rejected}");
                StorageError::new(StorageErrorKind::Network, message)
            }
            settled => return Err(settled),
        },
    };
    match find(log, &request.append).await {
        Some(receipt) => arrived(log, known, found_again(receipt, known)).await,
        // That it is not there does not say that it will not come: an attempt may still be on its way.
        None => Err(error.with_outcome(Outcome::Unknown).into()),
    }
}

/// Whether what was refused may be taken when other appends have come: versions only grow, so what is beyond them now may be reached.
fn may_hold_later(rejected: &AppendRejection) -> bool {
    let AppendRejection::ConcurrencyConflict(conflicts) = rejected else {
        return false;
    };
    // One that has been passed is enough to refuse every attempt.
    conflicts.iter().all(|conflict| match conflict.expected {
        Expectation::Exact(expected) => expected > conflict.actual,
        Expectation::Any | Expectation::Exists => true,
    })
}

/// The receipt of an append whose answers were lost, if it is stored.
async fn find<T: Transport>(log: &Log<T>, append: &PreparedAppend) -> Option<Receipt> {
    let id = append.events().first()?.content.id;
    let path = log.path("/append").with("eventId", &id.to_string());
    let called = log.call(log.request("GET", path, String::new())).await;
    let stored = wire::read_stored_append(&called.result.ok()?.body).ok()??;
    stored.is_repeated_by(append).then(|| stored.receipt())
}

/// The receipt of an append whose answers were lost: it is a replay if it was there before, else this same call has stored it. Another
/// caller that sends the same ids at the same time cannot be told from that.
fn found_again(receipt: Receipt, known: Option<Head>) -> Receipt {
    let was_there = known.is_some_and(|known| receipt.last_sequence_number <= known.sequence_number);
    Receipt {
        replayed: receipt.replayed && was_there,
        ..receipt
    }
}

/// Takes a receipt; what was appended now ends after all that was known before.
async fn arrived<T: Transport>(log: &Log<T>, known: Option<Head>, receipt: Receipt) -> Result<Receipt, AppendError> {
    if !receipt.replayed {
        let checked = check_head(log, known, receipt.head).await;
        checked.map_err(|error| error.with_outcome(Outcome::Committed))?;
    }
    log.news.hear(receipt.last_sequence_number);
    Ok(receipt)
}

impl Queue {
    /// The next append; none if there is none, and then nobody works any more.
    fn next(&self) -> Option<Pending> {
        let mut state = self.lock();
        let next = state.waiting.pop_front();
        if next.is_none() {
            state.is_working = false;
            for waiter in state.until_idle.drain(..) {
                let _ = waiter.send(());
            }
        }
        next
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No step between two fields can panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
