use super::log::Log;
use crate::{
    core::{
        AggregateId,
        read::{EventFilter, EventPage, OneOf, PageBuilder},
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
    for number in candidates(
        log,
        &request.filter,
        first.max(from.saturating_add(1)),
        last.min(head.sequence_number),
    ) {
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
    for number in candidates(log, &request.filter, first, last.min(from.saturating_sub(1))).rev() {
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
        log.records()
            .partition_point(|record| record.last_sequence_number() <= after)
    });
    let mut total = 0;
    let wanted = log.records()[first..].iter().take_while(|record| {
        let wanted = total == 0 || total < bytes;
        total += record.text().len().max(1);
        wanted
    });
    wanted.map(|record| Record::clone(record)).collect()
}

/// The sequence numbers from `first` to `last` at which a match can stand.
fn candidates<'a>(
    log: &'a Log,
    filter: &EventFilter,
    first: u64,
    last: u64,
) -> Box<dyn DoubleEndedIterator<Item = u64> + 'a> {
    match &filter.aggregate_ids {
        None => Box::new(first..=last),
        Some(ids) if ids.len() == 1 => Box::new(in_any(log, ids, first, last).copied()),
        Some(ids) => {
            let numbers: Vec<_> = in_any(log, ids, first, last).copied().collect();
            Box::new(sorted(numbers).into_iter())
        }
    }
}

fn in_any<'a>(
    log: &'a Log,
    ids: &OneOf<AggregateId>,
    first: u64,
    last: u64,
) -> impl DoubleEndedIterator<Item = &'a u64> + use<'a> {
    let slices: Vec<&[u64]> = ids
        .iter()
        .map(|id| {
            let numbers = log.sequence_numbers(id);
            let from = numbers.partition_point(|number| *number < first);
            let to = numbers.partition_point(|number| *number <= last);
            numbers.get(from..to).unwrap_or(&[])
        })
        .collect();
    slices.into_iter().flatten()
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
        .map_err(|damage| unreadable(sequence_number, damage))?;
    if matches {
        page.push(record, index);
    }
    Ok(matches)
}

fn unreadable(sequence_number: u64, damage: DamagedRecord) -> StorageError {
    if damage.unsupported {
        StorageError::new(StorageErrorKind::UnsupportedFormat, damage.reason)
    } else {
        StorageError::corrupted(sequence_number, damage.reason)
    }
}
