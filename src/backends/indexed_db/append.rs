use std::{cell::Cell, future::Future, rc::Rc};

use futures_channel::oneshot;
use wasm_bindgen_futures::spawn_local;

use super::{
    attempt::{Attempt, attempt},
    log::Log,
    port::FailureKind,
    seal,
};
use crate::{
    core::append::{AppendRejection, PreparedAppend, Receipt},
    storage::{AppendError, Outcome, StorageError},
};

/// An append that waits for its turn.
pub(super) struct Pending {
    pub(super) append: PreparedAppend,
    /// What the last plan says of it; true once the transaction has completed.
    pub(super) planned: Cell<Option<Result<Receipt, AppendRejection>>>,
    /// Whether a write that got lost was to store it.
    issued: Cell<bool>,
    reply: Cell<Option<Reply>>,
}

/// Appends that one transaction writes.
pub(super) type Group = Rc<Vec<Rc<Pending>>>;

type Reply = oneshot::Sender<Result<Receipt, AppendError>>;

/// How much one transaction takes at the most; a larger append goes alone.
const GROUP_EVENTS: usize = 10_000;
const GROUP_BYTES: usize = 16 << 20;

/// Puts an append at the end of the queue, at once; the future waits for its outcome and may be dropped.
pub(super) fn enqueue(
    log: &Rc<Log>,
    append: PreparedAppend,
) -> impl Future<Output = Result<Receipt, AppendError>> + use<> {
    let (reply, outcome) = oneshot::channel();
    let refused = log.check_open().and_then(|()| log.check_writable()).err();
    if refused.is_none() {
        log.queue.borrow_mut().push_back(Rc::new(Pending {
            append,
            planned: Cell::new(None),
            issued: Cell::new(false),
            reply: Cell::new(Some(reply)),
        }));
        start(log);
    }
    async move {
        match refused {
            Some(error) => Err(error.with_outcome(Outcome::NotCommitted).into()),
            None => outcome
                .await
                .unwrap_or_else(|_| Err(StorageError::closed().with_outcome(Outcome::Unknown).into())),
        }
    }
}

/// Waits until no task works on the queue.
pub(super) async fn until_idle(log: &Log) {
    while log.is_flushing.get() {
        let (done, ended) = oneshot::channel();
        log.flush_waiters.borrow_mut().push(done);
        // An error means that the task ended without saying so; the loop looks again.
        let _ = ended.await;
    }
}

/// Waits for the turn of the one task that may append, import and seal.
pub(super) async fn take_turn(log: &Log) {
    loop {
        until_idle(log).await;
        if !log.is_flushing.replace(true) {
            return;
        }
    }
}

/// Ends the turn of the one task that may append and seal.
pub(super) fn end_turn(log: &Rc<Log>) {
    log.is_flushing.set(false);
    for waiter in log.flush_waiters.take() {
        let _ = waiter.send(());
    }
    if !log.queue.borrow().is_empty() {
        start(log);
    }
}

/// Sees to it that a task works on the queue.
fn start(log: &Rc<Log>) {
    if !log.is_flushing.replace(true) {
        spawn_local(flush(Rc::clone(log)));
    }
}

async fn flush(log: Rc<Log>) {
    loop {
        let group = take_group(&log);
        if group.is_empty() {
            break;
        }
        write_group(&log, &group).await;
        seal::seal_if_overdue(&log).await;
    }
    end_turn(&log);
    seal::schedule(&log);
}

fn take_group(log: &Log) -> Group {
    let mut queue = log.queue.borrow_mut();
    let (mut events, mut bytes) = (0, 0);
    let mut group = Vec::new();
    while let Some(next) = queue.front() {
        events += next.append.events().len();
        bytes += next.append.size();
        if !group.is_empty() && (events > GROUP_EVENTS || bytes > GROUP_BYTES) {
            break;
        }
        group.extend(queue.pop_front());
    }
    group.into()
}

/// Writes a group and answers each of its appends.
async fn write_group(log: &Rc<Log>, group: &Group) {
    let mut moved = 0;
    let mut lost = false;
    let error = loop {
        match attempt(log, group, moved).await {
            Attempt::Done => {
                for pending in &**group {
                    pending.answer();
                }
                return;
            }
            Attempt::Moved => {
                moved += 1;
                if let Err(error) = log.refresh().await {
                    break error;
                }
            }
            Attempt::Refused(error) => break error,
            Attempt::Failed { failure, .. } if failure.kind == FailureKind::Quota => {
                // Nothing of it is stored: the transaction says so itself.
                for pending in &**group {
                    pending.issued.set(false);
                }
                if group.len() > 1 {
                    // A smaller one may still fit, and nobody fails because of a neighbour.
                    for pending in &**group {
                        Box::pin(write_group(log, &Rc::new(vec![Rc::clone(pending)]))).await;
                    }
                    return;
                }
                break failure.into_storage_error();
            }
            Attempt::Failed { failure, issued } => {
                if issued {
                    for pending in &**group {
                        pending.note_issued();
                    }
                }
                if lost {
                    break failure.into_storage_error();
                }
                // The next attempt opens the database again, reads what is stored and finds these ids, if they are there.
                lost = true;
            }
        }
    };
    log.note(&error);
    for pending in &**group {
        pending.fail(error.clone());
    }
}

impl Pending {
    /// Gives the outcome that was planned, which is true now.
    fn answer(&self) {
        let Some(outcome) = self.planned.take() else { return };
        self.send(match outcome {
            // Found by its ids after this same call had lost sight of its own write.
            Ok(receipt) => Ok(Receipt {
                replayed: receipt.replayed && !self.issued.get(),
                ..receipt
            }),
            Err(AppendRejection::Invalid(invalid)) => Err(AppendError::Invalid(invalid)),
            Err(rejection) => Err(AppendError::Rejected(rejection)),
        });
    }

    fn fail(&self, error: StorageError) {
        let outcome = if self.issued.get() {
            Outcome::Unknown
        } else {
            Outcome::NotCommitted
        };
        self.send(Err(error.with_outcome(outcome).into()));
    }

    /// Remembers that a write of the last plan may have stored it.
    fn note_issued(&self) {
        if self
            .planned
            .take()
            .is_some_and(|planned| planned.is_ok_and(|receipt| !receipt.replayed))
        {
            self.issued.set(true);
        }
    }

    fn send(&self, result: Result<Receipt, AppendError>) {
        if let Some(reply) = self.reply.take() {
            // Whoever does not wait any more does not need the answer.
            let _ = reply.send(result);
        }
    }
}
