//! Storing records of an export as they are.

use std::rc::Rc;

use super::{
    append::{end_turn, take_turn},
    attempt::durability,
    facts::{Facts, Wanted},
    log::Log,
    port::Transaction,
    schema,
    tip::{Tip, TipView},
    work::Answer,
};
use crate::{
    core::{Head, export::check_import, record::Record},
    storage::{ImportError, ImportRequest, ImportStep, Outcome, StorageError, StorageErrorKind},
};

/// Stores a record if the log ends right before it. Appends and seals wait meanwhile.
pub(super) async fn import(log: &Rc<Log>, request: ImportRequest) -> Result<Head, ImportError> {
    take_turn(log).await;
    let imported = import_now(log, request).await;
    end_turn(log);
    imported
}

async fn import_now(log: &Rc<Log>, request: ImportRequest) -> Result<Head, ImportError> {
    log.check_open()?;
    log.check_writable()?;
    let ImportRequest { record, step } = request;
    let record = Rc::new(record.with_durability(log.options.durability.into()));
    let mut may_be_stored = false;
    loop {
        // Proved before a record is refused, and again by the transaction that writes.
        let head = log.current_head().await?;
        // Stored by a transaction whose handle was lost, and not by another import.
        if may_be_stored && head == record.directory().head() {
            return Ok(head);
        }
        let fits = match step {
            ImportStep::Begin => head.sequence_number == 0,
            ImportStep::Finish if !log.is_mirror.get() => return Ok(head),
            ImportStep::Continue | ImportStep::Finish => head == record.directory().before,
        };
        if !fits {
            return Err(ImportError::Elsewhere(head));
        }
        let mut facts = Facts::of(Wanted::Record(Rc::clone(&record)));
        log.work(&mut facts).await?;
        check(log, &record, &facts)?;
        let written = write(log, &record, step).await?;
        if written.value.is_truthy() {
            take_in(log, &record, step)?;
            return Ok(record.directory().head());
        }
        may_be_stored |= written.repeated;
        log.refresh().await?;
    }
}

fn check(log: &Log, record: &Record, facts: &Facts) -> Result<(), ImportError> {
    let tip = log.tip.borrow();
    let view = TipView {
        tip: &tip,
        sealed_appends: facts.sealed_appends(),
    };
    check_import(record, &view).map_err(ImportError::Invalid)
}

/// Answers false if the log ends elsewhere by now.
async fn write(log: &Log, record: &Record, step: ImportStep) -> Result<Answer, StorageError> {
    let newest = log.newest_key();
    let mirror = match step {
        ImportStep::Begin => Some(true),
        ImportStep::Continue => None,
        ImportStep::Finish => Some(false),
    };
    let value = schema::record_value(record);
    let key = schema::record_key(record, newest);
    let written = log
        .call(Transaction::import_record(newest, value, key, mirror, durability(log)))
        .await;
    written.map_err(|error| {
        let outcome = if error.kind == StorageErrorKind::QuotaExceeded {
            Outcome::NotCommitted
        } else {
            Outcome::Unknown
        };
        error.with_outcome(outcome)
    })
}

/// The tip takes what was written, and other tabs hear of it.
fn take_in(log: &Log, record: &Rc<Record>, step: ImportStep) -> Result<(), StorageError> {
    match step {
        ImportStep::Begin => {
            log.set_mirror(true);
            let begun = Tip::new(None, Record::clone(record));
            let lost = || StorageError::corrupted(1, "the beginning of the imported log does not hold together");
            log.tip.replace(begun.ok_or_else(lost)?);
        }
        ImportStep::Continue | ImportStep::Finish => {
            if step == ImportStep::Finish {
                log.set_mirror(false);
            }
            // A reader may have met the record already; then the tip has it.
            log.tip.borrow_mut().push(Record::clone(record));
        }
    }
    log.hints.announce(record.last_sequence_number());
    Ok(())
}
