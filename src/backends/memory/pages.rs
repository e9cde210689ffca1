use std::{collections::VecDeque, ops::Range, sync::Arc};

use super::log::Log;
use crate::{
    core::{
        Link,
        read::{EventFilter, EventPage, PageBuilder},
        record::{DamagedRecord, Record},
        sorted,
    },
    storage::{ReadAggregate, ReadEvents, StorageError, StorageErrorKind},
};

/// Matching events towards the end. A page that is done has examined all up to the head, also what a filter excludes.
pub(super) fn forward(log: &Log, request: &ReadEvents) -> Result<EventPage, StorageError> {
    let from = request.from.unwrap_or(0);
    let head = log.head();
    let (first, last) = request.filter.sequence_bounds();
    let mut page = PageBuilder::new(request.limits, from);
    let first = first.max(from.saturating_add(1));
    let mut candidates = Candidates::new(log, &request.filter, first, last.min(head.sequence_number));
    while let Some(number) = candidates.pop_first() {
        if page.is_full() {
            return Ok(page.finish(false));
        }
        if push_matching(log, &mut page, &request.filter, number)?
            && let Some(place) = log.place(number)
        {
            page.advance_to(place);
        }
    }
    if from <= head.sequence_number {
        page.advance_to(head);
    }
    Ok(page.finish(true))
}

/// Matching events towards the beginning.
pub(super) fn backward(log: &Log, request: &ReadEvents) -> Result<EventPage, StorageError> {
    let end = log.head().sequence_number + 1;
    let from = request.from.map_or(end, |from| from.min(end));
    let (first, last) = request.filter.sequence_bounds();
    let mut page = PageBuilder::new(request.limits, from);
    let mut candidates = Candidates::new(log, &request.filter, first, last.min(from.saturating_sub(1)));
    while let Some(number) = candidates.pop_last() {
        if page.is_full() {
            return Ok(page.finish(false));
        }
        if push_matching(log, &mut page, &request.filter, number)? {
            page.advance(number);
        }
    }
    page.advance(from.min(1));
    Ok(page.finish(true))
}

/// One aggregate's events.
pub(super) fn of_aggregate(log: &Log, request: &ReadAggregate) -> EventPage {
    let numbers = log.sequence_numbers(&request.id);
    let current = numbers.len() as u64;
    let first = request.from_version.max(1);
    let last = request.to_version.map_or(current, |to| to.min(current));
    let mut page = PageBuilder::new(request.limits, first - 1);
    for version in first..=last {
        if page.is_full() {
            return page.finish(false);
        }
        let number = usize::try_from(version - 1).ok().and_then(|at| numbers.get(at));
        if let Some((record, index)) = number.and_then(|number| log.event(*number)) {
            page.push(record, index);
            page.advance(version);
        }
    }
    page.finish(true)
}

/// Whole records after a position.
pub(super) fn records(log: &Log, after: Option<u64>, bytes: usize) -> Vec<Record> {
    let first = after.map_or(0, |after| {
        // Genesis stands at 0 too, and is at the log's beginning only.
        let is_before = |record: &Arc<Record>| {
            let begins = record.directory().before.sequence_number;
            record.last_sequence_number() <= after && (begins < after || record.directory().before.link == Link::NONE)
        };
        log.records().partition_point(is_before)
    });
    let mut total = 0;
    let mut wanted = Vec::new();
    for record in &log.records()[first..] {
        if total > 0 && total >= bytes {
            break;
        }
        total += record.text().len().max(1);
        wanted.push(Record::clone(record));
    }
    wanted
}

/// The sequence numbers at which a match can stand, from either end.
enum Candidates {
    /// All of a range.
    All(Range<u64>),
    /// These, in order.
    Listed(VecDeque<u64>),
}

impl Candidates {
    /// Those from `first` to `last`.
    fn new(log: &Log, filter: &EventFilter, first: u64, last: u64) -> Self {
        let Some(ids) = &filter.aggregate_ids else {
            return Self::All(first..last.saturating_add(1));
        };
        let mut numbers = Vec::new();
        for id in ids.iter() {
            let all = log.sequence_numbers(id);
            let from = all.partition_point(|number| *number < first);
            let to = all.partition_point(|number| *number <= last);
            numbers.extend_from_slice(all.get(from..to).unwrap_or(&[]));
        }
        // Those of one aggregate are in order already.
        Self::Listed(if ids.len() == 1 { numbers } else { sorted(numbers) }.into())
    }

    fn pop_first(&mut self) -> Option<u64> {
        match self {
            Self::All(range) => range.next(),
            Self::Listed(numbers) => numbers.pop_front(),
        }
    }

    fn pop_last(&mut self) -> Option<u64> {
        match self {
            Self::All(range) => range.next_back(),
            Self::Listed(numbers) => numbers.pop_back(),
        }
    }
}

fn push_matching(
    log: &Log,
    page: &mut PageBuilder,
    filter: &EventFilter,
    sequence_number: u64,
) -> Result<bool, StorageError> {
    let Some((record, index)) = log.event(sequence_number) else {
        return Ok(false);
    };
    let matches = filter
        .matches_in(record, index)
        .map_err(|damage| unreadable(sequence_number, &damage))?;
    if matches {
        page.push(record, index);
    }
    Ok(matches)
}

fn unreadable(sequence_number: u64, damage: &DamagedRecord) -> StorageError {
    if damage.unsupported {
        StorageError::new(StorageErrorKind::UnsupportedFormat, damage.reason.clone())
    } else {
        StorageError::corrupted(sequence_number, damage.reason.clone())
    }
}
