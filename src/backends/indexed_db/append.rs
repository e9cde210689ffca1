use std::{future::Future, rc::Rc};

use futures_channel::oneshot;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::IdbRequest;

use super::{
    connection::Handle,
    facts::{FACT_STORES, Facts, look_up},
    log::Log,
    port::{Failure, FailureKind, Mode, Transaction},
    schema::{self, COMMITS, META},
    seal,
    tip::TipView,
    tip_loader::{ends_at, refresh_tip},
    trouble::Trouble,
};
use crate::{
    core::{
        append::{AppendRejection, GroupPlan, PreparedAppend, Receipt},
        record::Record,
    },
    storage::{AppendError, Outcome, StorageError},
};

/// An append that waits for its turn.
pub(super) struct Pending {
    pub(super) append: PreparedAppend,
    reply: oneshot::Sender<Result<Receipt, AppendError>>,
}

/// How much one transaction takes at the most; a larger append goes alone.
const GROUP_EVENTS: usize = 10_000;
const GROUP_BYTES: usize = 16 << 20;

/// After so many attempts that found the log moved on, everything is read and written in one transaction, which no other tab can delay.
const ATTEMPTS_OUTSIDE: u32 = 3;

/// Puts an append at the end of the queue, at once; the future waits for its outcome and may be dropped.
pub(super) fn enqueue(
    log: &Rc<Log>,
    append: PreparedAppend,
) -> impl Future<Output = Result<Receipt, AppendError>> + use<> {
    let (reply, outcome) = oneshot::channel();
    let refused = log.check_open().and_then(|()| log.check_writable()).err();
    if refused.is_none() {
        log.queue.borrow_mut().push_back(Pending { append, reply });
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

/// Sees to it that a task works on the queue.
pub(super) fn start(log: &Rc<Log>) {
    if !log.is_flushing.replace(true) {
        spawn_local(flush(Rc::clone(log)));
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

/// Ends the turn of the one task that may append and seal.
pub(super) fn end_turn(log: &Rc<Log>) {
    log.is_flushing.set(false);
    let waiters = std::mem::take(&mut *log.flush_waiters.borrow_mut());
    for waiter in waiters {
        let _ = waiter.send(());
    }
    if !log.queue.borrow().is_empty() {
        start(log);
    }
}

async fn flush(log: Rc<Log>) {
    loop {
        let group = take_group(&log);
        if group.is_empty() {
            break;
        }
        write_group(&log, group).await;
        seal::seal_if_overdue(&log).await;
    }
    end_turn(&log);
    seal::schedule(&log);
}

fn take_group(log: &Log) -> Vec<Pending> {
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
    group
}

/// How one attempt to write a group ended.
enum Attempt {
    /// Its transaction completed: these outcomes are true.
    Done(Outcomes),
    /// The log does not end where this tab believed.
    Moved,
    /// Nothing was written, and nothing will be.
    Refused(StorageError),
    /// The browser failed; with the outcomes, if the write was issued and may have been stored all the same.
    Failed { failure: Failure, issued: Option<Outcomes> },
}

type Outcomes = Vec<Result<Receipt, AppendRejection>>;

/// Writes a group and answers each of its appends.
async fn write_group(log: &Rc<Log>, group: Vec<Pending>) {
    let mut moved = 0;
    let mut lost = false;
    // Which appends were issued as new ones in a write that got lost.
    let mut issued_before: Vec<bool> = Vec::new();
    let unless_issued = |issued: &[bool]| {
        if issued.is_empty() {
            Outcome::NotCommitted
        } else {
            Outcome::Unknown
        }
    };
    loop {
        match attempt(log, &group, moved).await {
            Attempt::Done(outcomes) => return answer(group, outcomes, &issued_before),
            Attempt::Moved => {
                moved += 1;
                if let Err(error) = log.refresh().await {
                    return fail(log, group, &error, unless_issued(&issued_before));
                }
            }
            Attempt::Refused(error) => return fail(log, group, &error, unless_issued(&issued_before)),
            Attempt::Failed { failure, .. } if failure.kind == FailureKind::Quota => {
                if group.len() == 1 {
                    let error = failure.into_storage_error(None);
                    return fail(log, group, &error, Outcome::NotCommitted);
                }
                // A smaller one may still fit, and nobody fails because of a neighbour.
                for pending in group {
                    Box::pin(write_group(log, vec![pending])).await;
                }
                return;
            }
            Attempt::Failed { failure, issued } => {
                if let Some(outcomes) = issued {
                    issued_before = outcomes
                        .iter()
                        .map(|outcome| outcome.as_ref().is_ok_and(|receipt| !receipt.replayed))
                        .collect();
                }
                if lost {
                    let error = failure.into_storage_error(None);
                    return fail(log, group, &error, unless_issued(&issued_before));
                }
                // The next attempt opens the database again, reads what is stored and finds these ids, if they are there.
                lost = true;
            }
        }
    }
}

async fn attempt(log: &Rc<Log>, group: &[Pending], moved: u32) -> Attempt {
    if let Err(error) = log.check_writable() {
        return Attempt::Refused(error);
    }
    if let Err(error) = log.prove_after_reopening().await {
        return Attempt::Refused(error);
    }
    if moved >= ATTEMPTS_OUTSIDE {
        return attempt_inside(log, group).await;
    }
    let mut facts = Facts::default();
    if let Err(error) = facts.gather(log, group).await {
        return Attempt::Refused(error);
    }
    let (record, outcomes) = plan(log, group, &facts);
    let newest = log.newest_key();
    // Ready before the transaction opens, so that it is as short as can be.
    let value = record
        .as_ref()
        .map(|record| (schema::record_value(record), schema::record_key(record)));
    let handle = match log.connection.handle().await {
        Ok(handle) => handle,
        Err(error) => return Attempt::Refused(error),
    };
    let attempt = match value {
        None => check_only(&handle, &newest, outcomes).await,
        Some((value, key)) => commit(log, &handle, &newest, &value, &key, outcomes).await,
    };
    settle(log, &handle, record, attempt)
}

/// Reads what is new, plans and writes in one transaction.
async fn attempt_inside(log: &Rc<Log>, group: &[Pending]) -> Attempt {
    let handle = match log.connection.handle().await {
        Ok(handle) => handle,
        Err(error) => return Attempt::Refused(error),
    };
    let mut stores = vec![META, COMMITS];
    stores.extend(FACT_STORES);
    let mut issued = None;
    let inside = async {
        let transaction = handle.begin(&stores, write_mode(log))?;
        let head = log.tip.borrow().head();
        log.take(head, refresh_tip(&transaction, head).await?);
        let mut facts = Facts::default();
        while let Some(missing) = facts.missing(log, group) {
            facts.learn(log, &missing, look_up(&transaction, &missing).await?);
        }
        let (record, outcomes) = plan(log, group, &facts);
        let write = match &record {
            Some(record) => {
                let commits = transaction.store(COMMITS)?;
                Some(commits.add_with_key(&schema::record_value(record), &schema::record_key(record))?)
            }
            None => None,
        };
        issued = write.is_some().then(|| outcomes.clone());
        // One write request, but reads before it: the transaction commits by itself.
        transaction.completed(write.as_ref()).await?;
        Ok((record, outcomes))
    };
    let result: Result<_, Trouble> = inside.await;
    match result {
        Ok((record, outcomes)) => settle(log, &handle, record, Attempt::Done(outcomes)),
        Err(Trouble::Storage(error)) => {
            log.note(&error);
            Attempt::Refused(error)
        }
        Err(Trouble::Browser(failure)) => settle(log, &handle, None, Attempt::Failed { failure, issued }),
    }
}

fn plan(log: &Log, group: &[Pending], facts: &Facts) -> (Option<Record>, Outcomes) {
    let tip = log.tip.borrow();
    let sealed_appends = facts.sealed_appends();
    let view = TipView {
        tip: &tip,
        sealed_appends: &sealed_appends,
    };
    let mut plan = GroupPlan::new(&view);
    let now = log.environment.now();
    let durability = log.options.durability.into();
    let outcomes = group
        .iter()
        .map(|pending| plan.add(&pending.append, now, durability))
        .collect();
    (plan.finish(), outcomes)
}

/// A group that writes nothing still needs the proof that what it was told is current.
async fn check_only(handle: &Handle, newest: &JsValue, outcomes: Outcomes) -> Attempt {
    let check = async {
        let transaction = handle.begin(&[COMMITS], Mode::Read)?;
        ends_at(&transaction, newest).await
    };
    match check.await {
        Ok(true) => Attempt::Done(outcomes),
        Ok(false) => Attempt::Moved,
        Err(trouble) => failed(trouble),
    }
}

async fn commit(
    log: &Log,
    handle: &Handle,
    newest: &JsValue,
    value: &JsValue,
    key: &JsValue,
    outcomes: Outcomes,
) -> Attempt {
    let transaction = match handle.begin(&[COMMITS], write_mode(log)) {
        Ok(transaction) => transaction,
        Err(failure) => return Attempt::Failed { failure, issued: None },
    };
    match check_tail(log, &transaction, newest).await {
        Ok(true) => {}
        Ok(false) => return Attempt::Moved,
        Err(trouble) => return failed(trouble),
    }
    let write = match issue(log, &transaction, value, key) {
        Ok(write) => write,
        Err(trouble) => {
            transaction.abort();
            return failed(trouble);
        }
    };
    #[cfg(feature = "testing")]
    if log.options.sabotage.early_answer {
        return match super::port::request(Ok(write)).await {
            Ok(_) => Attempt::Done(outcomes),
            Err(failure) => Attempt::Failed {
                failure,
                issued: Some(outcomes),
            },
        };
    }
    match transaction.completed(Some(&write)).await {
        Ok(()) => Attempt::Done(outcomes),
        Err(failure) => Attempt::Failed {
            failure,
            issued: Some(outcomes),
        },
    }
}

async fn check_tail(log: &Log, transaction: &Transaction, newest: &JsValue) -> Result<bool, Trouble> {
    #[cfg(feature = "testing")]
    if log.options.sabotage.no_tail_check {
        return Ok(true);
    }
    let _ = log;
    ends_at(transaction, newest).await
}

/// The one write request of an append's transaction, and the wish to commit.
fn issue(log: &Log, transaction: &Transaction, value: &JsValue, key: &JsValue) -> Result<IdbRequest, Trouble> {
    let commits = transaction.store(COMMITS)?;
    #[cfg(feature = "testing")]
    if log.options.sabotage.no_tail_check {
        return Ok(commits.put_with_key(value, key)?);
    }
    let _ = log;
    let write = commits.add_with_key(value, key)?;
    transaction.commit()?;
    Ok(write)
}

fn failed(trouble: Trouble) -> Attempt {
    match trouble {
        Trouble::Browser(failure) => Attempt::Failed { failure, issued: None },
        Trouble::Storage(error) => Attempt::Refused(error),
    }
}

/// After an attempt: the tip takes what was written, other tabs hear of it, a dead handle is dropped.
fn settle(log: &Log, handle: &Rc<Handle>, record: Option<Record>, attempt: Attempt) -> Attempt {
    match &attempt {
        Attempt::Done(_) => {
            if let Some(record) = record {
                let last = record.last_sequence_number();
                // A reader may have met the record already; then the tip has it.
                log.tip.borrow_mut().push(record);
                log.hints.announce(last);
            }
        }
        Attempt::Failed { failure, .. } if failure.kind == FailureKind::Lost => log.connection.lose(handle),
        _ => {}
    }
    attempt
}

fn write_mode(log: &Log) -> Mode {
    match log.options.durability {
        super::IndexedDbDurability::Relaxed => Mode::WriteRelaxed,
        super::IndexedDbDurability::Strict => Mode::WriteStrict,
    }
}

fn answer(group: Vec<Pending>, outcomes: Outcomes, issued_before: &[bool]) {
    for (index, (pending, outcome)) in group.into_iter().zip(outcomes).enumerate() {
        let outcome = match outcome {
            // Found by its ids after this same call had lost sight of its own write.
            Ok(receipt) if issued_before.get(index) == Some(&true) => Ok(Receipt {
                replayed: false,
                ..receipt
            }),
            Ok(receipt) => Ok(receipt),
            Err(AppendRejection::Invalid(invalid)) => Err(AppendError::Invalid(invalid)),
            Err(rejection) => Err(AppendError::Rejected(rejection)),
        };
        // Whoever does not wait any more does not need the answer.
        drop(pending.reply.send(outcome));
    }
}

fn fail(log: &Log, group: Vec<Pending>, error: &StorageError, outcome: Outcome) {
    log.note(error);
    for pending in group {
        drop(pending.reply.send(Err(error.clone().with_outcome(outcome).into())));
    }
}
