//! One attempt to write a group of appends.

use std::{cell::RefCell, rc::Rc};

use js_sys::Promise;
use wasm_bindgen::{JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

use super::{
    IndexedDbDurability,
    append::Group,
    connection::Handle,
    facts::{Facts, Wanted},
    log::Log,
    port::{Failure, FailureKind, Transaction, array, as_f64, list, string},
    schema,
    tip::TipView,
    tip_loader::ReadTip,
};
use crate::{
    core::{append::GroupPlan, record::Record},
    storage::StorageError,
};

/// After so many attempts that found the log moved on, everything is read and written in one transaction, which no other tab can delay.
const ATTEMPTS_OUTSIDE: u32 = 3;

/// How an attempt ended.
pub(super) enum Attempt {
    /// Its transaction completed: what was planned is true.
    Done,
    /// The log does not end where this tab believed.
    Moved,
    /// Nothing was written, and nothing will be.
    Refused(StorageError),
    /// The browser failed; a write that was issued may have been stored all the same.
    Failed { failure: Failure, issued: bool },
}

/// Plans a group on what this tab knows and writes it if that proves true.
pub(super) async fn attempt(log: &Rc<Log>, group: &Group, moved: u32) -> Attempt {
    match try_once(log, group, moved).await {
        Ok(attempt) => attempt,
        Err(error) => Attempt::Refused(error),
    }
}

async fn try_once(log: &Rc<Log>, group: &Group, moved: u32) -> Result<Attempt, StorageError> {
    log.check_writable()?;
    log.prove_after_reopening().await?;
    log.check_takes_appends().await?;
    if moved >= ATTEMPTS_OUTSIDE {
        let handle = log.connection.handle(None).await?;
        return inside(log, group, &handle).await;
    }
    let mut facts = Facts::of(Wanted::Group(Rc::clone(group)));
    log.work(&mut facts).await?;
    let record = plan(log, group, &facts);
    let newest = log.newest_key();
    let Some(record) = record else {
        // A group that writes nothing still needs the proof that what it is told is current.
        let answer = log.call(Transaction::ends_at(newest)).await?;
        return Ok(if answer.value.is_truthy() {
            Attempt::Done
        } else {
            Attempt::Moved
        });
    };
    // Ready before the transaction opens, so that it is as short as can be.
    let (value, key) = (schema::record_value(&record), as_f64(record.last_sequence_number()));
    let handle = log.connection.handle(None).await?;
    if log.connection.generation() != log.proved_in.get() {
        // Opened again since the plan was made: the log has to be proved again before anything is written.
        return Ok(Attempt::Moved);
    }
    let commit = Transaction::commit(newest, value, key, durability(log), wrong(log));
    let answer = commit.run(handle.database());
    Ok(settle(log, &handle, answer, Some(record)).await)
}

/// The record that stores the group; none if nothing of it is new.
fn plan(log: &Log, group: &Group, facts: &Facts) -> Option<Record> {
    let tip = log.tip.borrow();
    let view = TipView {
        tip: &tip,
        sealed_appends: facts.sealed_appends(),
    };
    let mut plan = GroupPlan::new(&view);
    let now = log.environment.now();
    let durability = log.options.durability.into();
    for pending in &**group {
        pending.planned.set(Some(plan.add(&pending.append, now, durability)));
    }
    plan.finish()
}

/// Waits for the answer of `port.js`; then the tip takes what was written, other tabs hear of it, a dead handle is dropped.
async fn settle(log: &Log, handle: &Rc<Handle>, answer: Promise, record: Option<Record>) -> Attempt {
    let answer = array(JsFuture::from(answer).await.unwrap_or_default());
    match string(&answer.get(0)).as_deref() {
        Some("done") => {
            if let Some(record) = record {
                let last = record.last_sequence_number();
                // A reader may have met the record already; then the tip has it.
                log.tip.borrow_mut().push(record);
                log.hints.announce(last);
            }
            Attempt::Done
        }
        Some("moved") => Attempt::Moved,
        state => {
            let failure = Failure::from_js(answer.get(1));
            if failure.kind == FailureKind::Lost {
                log.connection.lose(handle);
            }
            Attempt::Failed {
                failure,
                issued: state != Some("failed"),
            }
        }
    }
}

/// What one transaction that reads, plans and writes leaves behind.
struct Inside {
    facts: Facts,
    record: Option<Record>,
    error: Option<StorageError>,
}

/// Reads what is new, plans and writes in one transaction.
async fn inside(log: &Rc<Log>, group: &Group, handle: &Rc<Handle>) -> Result<Attempt, StorageError> {
    let state = Rc::new(RefCell::new(Inside {
        facts: Facts::of(Wanted::Group(Rc::clone(group))),
        record: None,
        error: None,
    }));
    let step = {
        let (log, group, state) = (Rc::clone(log), Rc::clone(group), Rc::clone(&state));
        Closure::<dyn FnMut(String, JsValue) -> JsValue>::new(move |kind: String, read: JsValue| {
            let mut state = state.borrow_mut();
            state.step(&log, &group, kind == "tip", read).unwrap_or_else(|error| {
                log.note(&error);
                state.error = Some(error);
                list(&["stop".into()]).into()
            })
        })
    };
    let from = as_f64(log.tip.borrow().head().sequence_number);
    let answer = Transaction::append_inside(from, durability(log), step.as_ref()).run(handle.database());
    // The plan is made while the transaction runs, so that the state is looked into only afterwards.
    let ended = JsFuture::from(answer).await.unwrap_or_default();
    let (record, error) = {
        let mut state = state.borrow_mut();
        (state.record.take(), state.error.take())
    };
    if let Some(error) = error {
        return Err(error);
    }
    Ok(settle(log, handle, Promise::resolve(&ended), record).await)
}

impl Inside {
    fn step(&mut self, log: &Log, group: &Group, is_tip: bool, read: JsValue) -> Result<JsValue, StorageError> {
        if is_tip {
            let head = log.tip.borrow().head();
            // Sealed beyond what this tab knows: a refresh outside finds out.
            let read = ReadTip::sound(read)?;
            log.set_mirror(read.is_mirror);
            if read.is_mirror {
                return Err(StorageError::is_mirror());
            }
            let Some((records, sealed)) = read.records_after(head) else {
                return Ok(list(&["stop".into()]).into());
            };
            log.extend(head, records, sealed)?;
        } else {
            self.facts.learn(log, &array(read))?;
        }
        if let Some([aggregates, time_ordered, others]) = self.facts.missing(log) {
            return Ok(list(&["look".into(), aggregates.into(), time_ordered.into(), others.into()]).into());
        }
        self.record = plan(log, group, &self.facts);
        let step = match &self.record {
            Some(record) => list(&[
                "write".into(),
                schema::record_value(record),
                as_f64(record.last_sequence_number()).into(),
            ]),
            None => list(&["keep".into()]),
        };
        Ok(step.into())
    }
}

/// The word for what an append waits for.
pub(super) fn durability(log: &Log) -> &'static str {
    match log.options.durability {
        IndexedDbDurability::Relaxed => "relaxed",
        IndexedDbDurability::Strict => "strict",
    }
}

/// The deliberately wrong variant that a test has asked for.
fn wrong(log: &Log) -> u32 {
    #[cfg(feature = "testing")]
    return u32::from(log.options.sabotage.no_tail_check) | u32::from(log.options.sabotage.early_answer) << 1;
    #[cfg(not(feature = "testing"))]
    {
        let _ = log;
        0
    }
}
