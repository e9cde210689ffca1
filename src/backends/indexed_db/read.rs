//! Reading in the order of the log: the segments, then the tail.

use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::JsValue;

use super::{
    log::Log,
    port::{Transaction, as_f64},
    tip_loader::{decode_records, read_records},
    trouble::{damage_error, missing},
    work::{ReadPage, Work},
};
use crate::{
    core::{
        MAX_SAFE_INTEGER,
        read::{EventFilter, EventPage, PageBuilder},
        record::Record,
    },
    storage::{ReadEvents, StorageError},
};

/// How many events one page examines at the most, so that a filter that fits little does not keep a consumer waiting for long.
pub(super) const EXAMINED: u64 = 20_000;

/// Reads a page of matching events towards the end of the log.
pub(super) struct Forward {
    request: ReadEvents,
    begin: u64,
    position: u64,
    newest: f64,
    sealed_to: u64,
    builder: PageBuilder,
    done: Option<bool>,
}

impl Forward {
    pub(super) fn new(request: ReadEvents) -> Self {
        let (after, begin) = start(&request);
        Self {
            builder: PageBuilder::new(request.limits, after),
            request,
            begin,
            position: begin,
            newest: 0.0,
            sealed_to: 0,
            done: None,
        }
    }

    fn take_segment(&mut self, segment: &Record) -> Result<(), StorageError> {
        let through = take_matching(segment, &self.request.filter, &mut self.position, &mut self.builder)?;
        if !through || self.position - self.begin >= EXAMINED {
            self.done = Some(false);
        }
        Ok(())
    }
}

impl Work for Forward {
    fn next(&mut self, log: &Log) -> Result<Option<Transaction>, StorageError> {
        let (_, to) = self.request.filter.sequence_bounds();
        while self.done.is_none() {
            let kept = log.kept_segment(self.position + 1).filter(|_| self.position < to);
            let Some(kept) = kept else {
                (self.newest, self.sealed_to) = (log.newest_key(), log.sealed_to());
                let limit = u32::from(self.position < to);
                return Ok(Some(Transaction::scan(as_f64(self.position), limit, self.newest)));
            };
            self.take_segment(&kept)?;
        }
        Ok(None)
    }

    fn take(&mut self, log: &Log, answer: &Array) -> Result<(), StorageError> {
        if let Some(segment) = segment_of(log, answer, self.position)? {
            if segment.last_sequence_number() <= self.position {
                // It stands under the key of a later one.
                return Err(missing(self.position + 1));
            }
            return self.take_segment(&segment);
        }
        let after = self.position.max(self.sealed_to);
        if let Some(tail) = tail_of(log, &answer.get(1), self.newest, after) {
            let (filter, position) = (&self.request.filter, self.position);
            self.done = Some(take_tail(&tail, filter, position, self.begin, &mut self.builder)?);
        }
        Ok(())
    }
}

impl ReadPage for Forward {
    fn page(self: Box<Self>) -> EventPage {
        self.builder.finish(self.done == Some(true))
    }
}

/// Where a page forward begins: the position that it is asked for, and the one that the filter begins after.
pub(super) fn start(request: &ReadEvents) -> (u64, u64) {
    let after = request.from.unwrap_or(0).min(MAX_SAFE_INTEGER);
    let (from, _) = request.filter.sequence_bounds();
    (after, after.max(from.min(MAX_SAFE_INTEGER) - 1))
}

/// Examines a record from `position` on. True if its end was reached with room for more.
pub(super) fn take_matching(
    record: &Record,
    filter: &EventFilter,
    position: &mut u64,
    builder: &mut PageBuilder,
) -> Result<bool, StorageError> {
    if record.first_sequence_number() > *position + 1 {
        return Err(missing(*position + 1));
    }
    let (from, to) = filter.sequence_bounds();
    let last = record.last_sequence_number().min(to);
    let mut stopped = None;
    for sequence_number in (*position + 1).max(from)..=last {
        let Some(index) = record.directory().index_of(sequence_number) else {
            break;
        };
        let matches = filter.matches_in(record, index);
        if matches.map_err(|damage| damage_error(sequence_number, &damage))? {
            if builder.is_full() {
                stopped = Some(sequence_number - 1);
                break;
            }
            builder.push(record, index);
        }
    }
    *position = (*position).max(stopped.unwrap_or(last));
    if let Some(place) = record.place_of(*position) {
        builder.advance_to(place);
    }
    Ok(stopped.is_none())
}

/// Examines the tail from `position` on. True if the log was examined to its end.
///
/// Before what is damaged a page ends; one that would begin there (`begin`) is the error.
pub(super) fn take_tail(
    tail: &Tail,
    filter: &EventFilter,
    mut position: u64,
    begin: u64,
    builder: &mut PageBuilder,
) -> Result<bool, StorageError> {
    let (_, to) = filter.sequence_bounds();
    for record in &tail.records {
        if position >= to {
            break;
        }
        if !take_matching(record, filter, &mut position, builder)? {
            return Ok(false);
        }
    }
    if let Some(damage) = tail.damage.as_ref().filter(|_| position < to) {
        return if position > begin {
            Ok(false)
        } else {
            Err(damage.clone())
        };
    }
    // Nothing more can match, so that the whole log counts as examined.
    if let Some(newest) = tail.records.last() {
        builder.advance_to(newest.directory().head());
    }
    Ok(true)
}

/// Unsealed records, as far as they can be read.
pub(super) struct Tail {
    pub(super) records: Vec<Rc<Record>>,
    pub(super) damage: Option<StorageError>,
}

/// The segment of an answer of `scan` after a position, if there is one; it is kept.
pub(super) fn segment_of(log: &Log, answer: &Array, after: u64) -> Result<Option<Rc<Record>>, StorageError> {
    let segment = read_records(answer.get(0), after)?.pop().map(Rc::new);
    if let Some(segment) = &segment {
        log.keep_segment(segment);
    }
    Ok(segment)
}

/// The tail of an answer of `port.js`, after a sequence number: from memory, if the transaction proved that this tab knows it.
/// None if the tip has moved on meanwhile and does not reach back far enough: then the log is read again.
pub(super) fn tail_of(log: &Log, answer: &JsValue, newest: f64, after: u64) -> Option<Tail> {
    if !answer.is_truthy() || answer.as_bool().is_none() {
        let (mut records, mut damage) = decode_records(answer.clone(), after);
        if let Some(gap) = first_gap(&records) {
            damage = Some(missing(records[gap].last_sequence_number() + 1));
            records.truncate(gap + 1);
        }
        // A tab that has read unsealed records may only not know how far the log is sealed by now.
        let begins = records.first().map(Record::first_sequence_number);
        if log.lacks_tail() && begins.is_some_and(|begins| begins != after + 1) {
            damage = Some(missing(after + 1));
            records.clear();
        }
        if records.is_empty() && as_f64(after) <= newest {
            // The newest record is never sealed, so that there is always one.
            damage.get_or_insert_with(|| missing(after + 1));
        }
        let records = records.into_iter().map(Rc::new).collect();
        return Some(Tail { records, damage });
    }
    let tip = log.tip.borrow();
    let mut tail = Vec::new();
    let mut covered = after;
    let mut reaches_end = false;
    for (key, record) in tip.keyed_tail() {
        reaches_end |= is_same(key, newest);
        // The newest one always: it tells where the log ends.
        if (key > as_f64(after) && key <= newest) || is_same(key, newest) {
            if tail.is_empty() {
                covered = record.first_sequence_number() - 1;
            }
            tail.push(Rc::clone(record));
        }
    }
    (covered <= after && reaches_end).then_some(Tail {
        records: tail,
        damage: None,
    })
}

/// The first of the records that the next one does not follow.
fn first_gap(records: &[Record]) -> Option<usize> {
    let follows = |pair: &[Record]| pair[0].last_sequence_number() + 1 == pair[1].first_sequence_number();
    records.windows(2).position(|pair| !follows(pair))
}

/// Whether two keys are the same: numbers that came out of the same database, so exactly.
fn is_same(one: f64, other: f64) -> bool {
    one.total_cmp(&other).is_eq()
}
