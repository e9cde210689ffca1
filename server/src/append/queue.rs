use std::{
    future::Future,
    sync::{Arc, atomic::Ordering},
};

use foldlog::{
    core::append::{AppendRejection, PreparedAppend, Receipt},
    storage::{AppendError, Outcome, StorageError},
};
use tokio::sync::oneshot;

use super::{attempt::attempt, transaction::Trouble};
use crate::{database::FailureKind, log::Log};

/// An append that waits for its turn.
pub(crate) struct Pending {
    pub(super) append: PreparedAppend,
    /// What the last plan says of it; true once the transaction has completed.
    pub(super) planned: Option<Result<Receipt, AppendRejection>>,
    /// Whether a write that got lost was to store it.
    issued: bool,
    reply: Option<Reply>,
}

type Reply = oneshot::Sender<Result<Receipt, AppendError>>;

/// Puts an append at the end of the handle's queue, at once; the future waits for its outcome and may be dropped.
pub(crate) fn enqueue(
    log: &Arc<Log>,
    append: PreparedAppend,
) -> impl Future<Output = Result<Receipt, AppendError>> + Send + use<> {
    let (reply, outcome) = oneshot::channel();
    let refused = put(log, append, reply).err();
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
pub(crate) async fn until_idle(log: &Log) {
    // The sender lives as long as the log.
    let _ = log.is_flushing.subscribe().wait_for(|is_flushing| !is_flushing).await;
}

fn put(log: &Arc<Log>, append: PreparedAppend, reply: Reply) -> Result<(), StorageError> {
    let mut state = log.lock();
    // Looked at under the lock, so that a close that sees no task sees no append behind it.
    log.check_open()?;
    if let Some(damage) = &state.damage {
        return Err(damage.clone());
    }
    state.queue.push_back(Pending {
        append,
        planned: None,
        issued: false,
        reply: Some(reply),
    });
    if !log.is_flushing.send_replace(true) {
        log.database.runtime.spawn(flush(Arc::clone(log)));
    }
    Ok(())
}

/// The turn of the one task that works on a queue. If the task ends early, nobody waits for it for ever.
struct Turn {
    log: Arc<Log>,
    /// Whether the queue was found empty, which has ended the turn: another task may work on it by now.
    has_ended: bool,
}

impl Drop for Turn {
    fn drop(&mut self) {
        if !self.has_ended {
            let mut state = self.log.lock();
            // Whoever waits for one of these is told that its outcome is unknown.
            state.queue.clear();
            self.log.is_flushing.send_replace(false);
        }
    }
}

async fn flush(log: Arc<Log>) {
    let mut turn = Turn { log, has_ended: false };
    loop {
        wait_for_more(&turn.log).await;
        let mut group = take_group(&turn.log);
        if group.is_empty() {
            break;
        }
        write_group(&turn.log, &mut group).await;
    }
    turn.has_ended = true;
}

/// Lets more appends join those that wait, if the options say so.
async fn wait_for_more(log: &Log) {
    let options = &log.database.options;
    if !options.group_window.is_zero() && (1..options.group_events).contains(&log.lock().queue.len()) {
        tokio::time::sleep(options.group_window).await;
    }
}

fn take_group(log: &Log) -> Vec<Pending> {
    let options = &log.database.options;
    let mut state = log.lock();
    let (mut events, mut bytes) = (0, 0);
    let mut group = Vec::new();
    while let Some(next) = state.queue.front() {
        events += next.append.events().len();
        bytes += next.append.size();
        if !group.is_empty() && (events > options.group_events || bytes > options.group_bytes) {
            break;
        }
        group.extend(state.queue.pop_front());
    }
    if group.is_empty() {
        log.is_flushing.send_replace(false);
    }
    group
}

/// Writes a group and answers each of its appends.
async fn write_group(log: &Log, group: &mut [Pending]) {
    let (database, options) = (&log.database, &log.database.options);
    let (mut lost, mut met) = (0, 0);
    let error = loop {
        let (failure, writing) = match attempt(log, group).await {
            Ok(()) => {
                database
                    .counted
                    .appends
                    .fetch_add(group.len() as u64, Ordering::Relaxed);
                if group.iter().any(Pending::is_new) {
                    log.announce();
                }
                group.iter_mut().for_each(Pending::answer);
                return;
            }
            Err(Trouble::Refused(error)) => break error,
            Err(Trouble::Failed { failure, writing }) => (failure, writing),
        };
        match failure.kind {
            FailureKind::Lost => {
                database.counted.lost_connections.fetch_add(1, Ordering::Relaxed);
                if writing {
                    group.iter_mut().for_each(Pending::note_issued);
                }
                if lost >= options.reconnect_retries {
                    break failure.into_error();
                }
                // The next attempt waits for the lock until the lost transaction has ended, and finds these ids if it stored them.
                database.pause(lost + 4, 400).await;
                lost += 1;
            }
            FailureKind::Serialization => {
                database.counted.serialization_retries.fetch_add(1, Ordering::Relaxed);
                if met >= options.serialization_retries {
                    break failure.into_error();
                }
                database.pause(met, 64).await;
                met += 1;
            }
            _ if writing && group.len() > 1 => {
                // Nothing of it is stored: nobody fails because of a neighbour.
                for pending in group {
                    Box::pin(write_group(log, std::slice::from_mut(pending))).await;
                }
                return;
            }
            _ => break failure.into_error(),
        }
    };
    log.note(&error);
    for pending in group {
        pending.fail(error.clone());
    }
}

impl Pending {
    /// Whether the plan stores it.
    fn is_new(&self) -> bool {
        matches!(&self.planned, Some(Ok(receipt)) if !receipt.replayed)
    }

    /// Gives the outcome that was planned, which is true now.
    fn answer(&mut self) {
        let Some(outcome) = self.planned.take() else { return };
        let issued = self.issued;
        self.send(match outcome {
            // Found by its ids after this same call had lost sight of its own write.
            Ok(receipt) => Ok(Receipt {
                replayed: receipt.replayed && !issued,
                ..receipt
            }),
            Err(AppendRejection::Invalid(invalid)) => Err(AppendError::Invalid(invalid)),
            Err(rejection) => Err(AppendError::Rejected(rejection)),
        });
    }

    fn fail(&mut self, error: StorageError) {
        let outcome = if self.issued {
            Outcome::Unknown
        } else {
            Outcome::NotCommitted
        };
        self.send(Err(error.with_outcome(outcome).into()));
    }

    /// Remembers that a write of the last plan may have stored it.
    fn note_issued(&mut self) {
        if self.is_new() {
            self.issued = true;
        }
        self.planned = None;
    }

    fn send(&mut self, result: Result<Receipt, AppendError>) {
        if let Some(reply) = self.reply.take() {
            // Whoever does not wait any more does not need the answer.
            let _ = reply.send(result);
        }
    }
}
