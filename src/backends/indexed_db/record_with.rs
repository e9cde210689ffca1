use std::rc::Rc;

use js_sys::Array;

use super::{
    log::Log,
    port::{Transaction, as_f64},
    read::{segment_of, tail_of},
    work::Work,
};
use crate::{
    core::{Head, record::Record},
    storage::StorageError,
};

/// Finds the record that holds a sequence number, or at whose end or beginning it stands; a sealed one is kept.
pub(super) struct RecordWith {
    sequence_number: u64,
    newest: f64,
    searched: bool,
    found: Option<Rc<Record>>,
}

impl RecordWith {
    pub(super) fn new(sequence_number: u64) -> Self {
        Self {
            sequence_number,
            newest: 0.0,
            searched: false,
            found: None,
        }
    }

    /// The record, when the work is done; none if the log ends before it.
    pub(super) fn found(&self) -> Option<Rc<Record>> {
        self.found.clone()
    }

    /// The place of the sequence number, when the work is done; none if the log ends before it.
    pub(super) fn place(&self) -> Option<Head> {
        self.found.as_ref()?.place_of(self.sequence_number)
    }
}

impl Work for RecordWith {
    fn next(&mut self, log: &Log) -> Result<Option<Transaction>, StorageError> {
        if self.searched {
            return Ok(None);
        }
        self.found = log.kept_segment(self.sequence_number);
        if self.found.is_some() {
            return Ok(None);
        }
        self.newest = log.newest_key();
        Ok(Some(Transaction::scan(
            as_f64(self.sequence_number) - 1.0,
            1,
            self.newest,
        )))
    }

    fn take(&mut self, log: &Log, answer: &Array) -> Result<(), StorageError> {
        self.found = segment_of(log, answer)?;
        self.searched = self.found.is_some();
        if !self.searched
            && let Some(tail) = tail_of(log, &answer.get(1), self.newest, self.sequence_number.saturating_sub(1))?
        {
            let holds_it = |record: &Rc<Record>| record.last_sequence_number() >= self.sequence_number;
            self.found = tail.into_iter().find(holds_it);
            self.searched = true;
        }
        Ok(())
    }
}
