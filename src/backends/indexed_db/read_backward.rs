//! Reading towards the beginning of the log.

use js_sys::Array;

use super::{
    log::Log,
    port::Transaction,
    read::EXAMINED,
    record_with::RecordWith,
    trouble::{damage_error, missing},
    work::{ReadPage, Work},
};
use crate::{
    core::{
        read::{EventPage, PageBuilder},
        record::Record,
    },
    storage::{ReadEvents, StorageError},
};

/// Reads a page of matching events towards the beginning of the log.
pub(super) struct Backward {
    request: ReadEvents,
    begin: u64,
    next: u64,
    record: RecordWith,
    builder: PageBuilder,
    done: Option<bool>,
}

impl Backward {
    /// `end` is the last sequence number of the log.
    pub(super) fn new(request: ReadEvents, end: u64) -> Self {
        let (_, to) = request.filter.sequence_bounds();
        let from = request.from.map_or(end + 1, |before| before.min(end + 1));
        let begin = from.min(to.saturating_add(1));
        let next = begin.saturating_sub(1);
        Self {
            builder: PageBuilder::new(request.limits, begin),
            request,
            begin,
            next,
            record: RecordWith::new(next),
            done: None,
        }
    }

    /// Examines a record from its end on, or from where the page is.
    fn take_record(&mut self, record: &Record) -> Result<(), StorageError> {
        let (from, _) = self.request.filter.sequence_bounds();
        if record.first_sequence_number() > self.next {
            return Err(missing(self.next));
        }
        while self.next >= from.max(record.first_sequence_number()) {
            let next = self.next;
            let index = record.directory().index_of(next).ok_or_else(|| missing(next))?;
            let matches = self.request.filter.matches_in(record, index);
            if matches.map_err(|damage| damage_error(next, &damage))? {
                if self.builder.is_full() {
                    self.done = Some(false);
                    return Ok(());
                }
                self.builder.push(record, index);
            }
            self.builder.advance(next);
            self.next -= 1;
        }
        if self.begin - self.next > EXAMINED && self.next >= from {
            self.done = Some(false);
        }
        Ok(())
    }
}

impl Work for Backward {
    fn next(&mut self, log: &Log) -> Result<Option<Transaction>, StorageError> {
        let (from, _) = self.request.filter.sequence_bounds();
        while self.done.is_none() {
            if self.next < from {
                self.done = Some(true);
                break;
            }
            if let Some(transaction) = self.record.next(log)? {
                return Ok(Some(transaction));
            }
            let record = self.record.found().ok_or_else(|| missing(self.next))?;
            self.take_record(&record)?;
            self.record = RecordWith::new(self.next);
        }
        Ok(None)
    }

    fn take(&mut self, log: &Log, answer: &Array) -> Result<(), StorageError> {
        self.record.take(log, answer)
    }
}

impl ReadPage for Backward {
    fn page(self: Box<Self>) -> EventPage {
        self.builder.finish(self.done == Some(true))
    }
}
