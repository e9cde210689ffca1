use std::rc::Rc;

use js_sys::Array;

use super::{
    log::Log,
    port::{Transaction, as_f64},
    read::{segment_of, tail_of},
    trouble::missing,
    work::Work,
};
use crate::{
    core::{Head, Link, record::Record},
    storage::StorageError,
};

/// Finds the record that holds a sequence number, or at whose end or beginning it stands; a sealed one is kept.
pub(super) struct RecordWith {
    sequence_number: u64,
    /// Whether the record right after the one that ends there is looked for.
    after: bool,
    newest: f64,
    /// How far the log was sealed when the transaction began.
    sealed_to: u64,
    searched: bool,
    found: Option<Rc<Record>>,
}

impl RecordWith {
    pub(super) fn new(sequence_number: u64) -> Self {
        Self {
            sequence_number,
            after: false,
            newest: 0.0,
            sealed_to: 0,
            searched: false,
            found: None,
        }
    }

    /// Finds the record that begins right after a sequence number, with a change of epoch or an event.
    pub(super) fn after(sequence_number: u64) -> Self {
        Self {
            after: true,
            ..Self::new(sequence_number)
        }
    }

    /// Whether the sequence number is the last one of the record.
    pub(super) fn ends_there(&self) -> bool {
        self.found
            .as_ref()
            .is_some_and(|record| record.last_sequence_number() == self.sequence_number)
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

impl RecordWith {
    /// What is looked for comes after this.
    fn follows(&self) -> u64 {
        self.sequence_number.saturating_sub(u64::from(!self.after))
    }

    fn is_it(&self, record: &Record) -> bool {
        if self.after {
            record.directory().before.sequence_number == self.sequence_number
                && record.directory().before.link != Link::NONE
        } else {
            record.last_sequence_number() >= self.sequence_number
        }
    }
}

impl Work for RecordWith {
    fn next(&mut self, log: &Log) -> Result<Option<Transaction>, StorageError> {
        if self.searched {
            return Ok(None);
        }
        self.found = log.kept_segment(self.sequence_number + u64::from(self.after));
        self.found = self.found.take().filter(|record| self.is_it(record));
        if self.found.is_some() {
            return Ok(None);
        }
        (self.newest, self.sealed_to) = (log.newest_key(), log.sealed_to());
        let from = as_f64(self.sequence_number) - if self.after { 0.0 } else { 1.0 };
        Ok(Some(Transaction::scan(from, 1, self.newest)))
    }

    fn take(&mut self, log: &Log, answer: &Array) -> Result<(), StorageError> {
        self.found = segment_of(log, answer, self.follows())?;
        self.searched = self.found.is_some();
        let tail = tail_of(log, &answer.get(1), self.newest, self.follows());
        if !self.searched && tail.is_none() && log.sealed_to() == self.sealed_to {
            // No segment holds it, and none was made meanwhile.
            return Err(missing(self.follows() + 1));
        }
        if !self.searched
            && let Some(tail) = tail
        {
            self.found = tail.records.into_iter().find(|record| self.is_it(record));
            if let Some(damage) = tail.damage.filter(|_| self.found.is_none()) {
                return Err(damage);
            }
            self.searched = true;
        }
        // Where a record is missing or under another key, one that does not hold the number is found in its place.
        let is_another = |record: &Rc<Record>| {
            record.directory().before.sequence_number > self.sequence_number
                || record.last_sequence_number() < self.sequence_number
        };
        if self.found.as_ref().is_some_and(is_another) {
            return Err(missing(self.sequence_number.max(1)));
        }
        Ok(())
    }
}
