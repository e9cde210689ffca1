//! Reading one aggregate: from its copies, then from the tail.

use std::rc::Rc;

use js_sys::Array;

use super::{
    log::Log,
    port::{Transaction, array},
    read::tail_of,
    schema,
    work::{ReadPage, Work},
};
use crate::{
    core::{
        MAX_SAFE_INTEGER,
        read::{EventPage, PageBuilder},
        record::Record,
    },
    storage::{ReadAggregate, StorageError},
};

/// How many copies one request reads.
const COPIES: u32 = 12;

/// Reads a page of an aggregate's events. Sees every append that was acknowledged in any tab before the call.
pub(super) struct OfAggregate {
    wanted: ReadAggregate,
    /// The first version of the page.
    begin: u64,
    next: u64,
    last: u64,
    newest: f64,
    sealed_to: u64,
    builder: PageBuilder,
    done: Option<bool>,
}

impl OfAggregate {
    pub(super) fn new(wanted: ReadAggregate) -> Self {
        let first = wanted.from_version.clamp(1, MAX_SAFE_INTEGER);
        Self {
            begin: first,
            next: first,
            last: wanted.to_version.unwrap_or(MAX_SAFE_INTEGER),
            newest: 0.0,
            sealed_to: 0,
            builder: PageBuilder::new(wanted.limits, first - 1),
            wanted,
            done: None,
        }
    }

    fn take_copies(&mut self, copies: &Array) -> Result<(), StorageError> {
        for copy in copies.iter() {
            if self.done.is_some() {
                break;
            }
            let excerpt = schema::read_excerpt(&copy, 0)?;
            for (index, entry) in excerpt.entries().iter().enumerate() {
                let (version, text) = (entry.aggregate_version, excerpt.event_text(index));
                self.take_event(version, entry.sequence_number, text)?;
            }
        }
        Ok(())
    }

    fn take_tail(&mut self, tail: &[Rc<Record>]) -> Result<(), StorageError> {
        for record in tail {
            let directory = record.directory();
            let Some(aggregate) = directory.aggregates.iter().position(|(id, _)| *id == self.wanted.id) else {
                continue;
            };
            for (index, event) in directory.events.iter().enumerate() {
                if event.aggregate == aggregate {
                    let sequence_number = directory.sequence_number(index);
                    self.take_event(event.aggregate_version, sequence_number, record.event_text(index))?;
                }
            }
        }
        Ok(())
    }

    /// Takes an event if it is the next one wanted and the page is not full; one that was taken already comes again where a seal
    /// moved it.
    fn take_event(&mut self, version: u64, sequence_number: u64, text: &str) -> Result<(), StorageError> {
        if version < self.next || version > self.last || self.done.is_some() {
            return Ok(());
        }
        if version > self.next {
            let message = format!(
                "version {} of aggregate \"{}\" is missing; version {version} came",
                self.next, self.wanted.id
            );
            return Err(StorageError::corrupted(sequence_number, message));
        }
        if self.builder.is_full() {
            self.done = Some(false);
        } else {
            self.builder.push_text(text, sequence_number, version);
            self.next += 1;
        }
        Ok(())
    }
}

impl Work for OfAggregate {
    fn next(&mut self, log: &Log) -> Result<Option<Transaction>, StorageError> {
        if self.done.is_some() {
            return Ok(None);
        }
        let lower = schema::aggregate_prefix(&self.wanted.id) + &schema::base36(self.next);
        let upper = format!("{}\u{1}", self.wanted.id);
        // What was sealed before the transaction stands in the copies that it reads, so that the tail may begin there.
        (self.newest, self.sealed_to) = (log.newest_key(), log.sealed_to());
        Ok(Some(Transaction::read_aggregate(&lower, &upper, COPIES, self.newest)))
    }

    fn take(&mut self, log: &Log, answer: &Array) -> Result<(), StorageError> {
        let copies = array(answer.get(0));
        self.take_copies(&copies)?;
        if self.done.is_some() || copies.length() == COPIES && self.next <= self.last {
            return Ok(());
        }
        if let Some(tail) = tail_of(log, &answer.get(1), self.newest, self.sealed_to) {
            self.take_tail(&tail.records)?;
            if let Some(damage) = tail.damage.filter(|_| self.done.is_none() && self.next <= self.last) {
                // More events of the aggregate may be behind it.
                if self.next == self.begin {
                    return Err(damage);
                }
                self.done = Some(false);
            }
            self.done.get_or_insert(true);
        }
        Ok(())
    }
}

impl ReadPage for OfAggregate {
    fn page(mut self: Box<Self>) -> EventPage {
        self.builder.advance(self.next - 1);
        self.builder.finish(self.done == Some(true))
    }
}
