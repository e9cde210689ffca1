//! Reading in the order of the log: the segments, then the tail.

use std::rc::Rc;

use wasm_bindgen::JsValue;

use super::{
    log::Log,
    port::Transaction,
    read_by_type,
    schema::{BY_TYPE, COMMITS, META, SEGMENTS},
    tip_loader::{commits_after, ends_at, segment_with},
    trouble::Trouble,
};
use crate::{
    core::{
        Head, MAX_SAFE_INTEGER,
        read::{EventFilter, EventPage, PageBuilder},
        record::Record,
    },
    storage::{ReadEvents, StorageError},
};

/// The stores that reading in order needs.
const READ_STORES: [&str; 4] = [META, SEGMENTS, COMMITS, BY_TYPE];

/// How many events one page examines at the most, so that a filter that fits little neither holds a transaction nor a consumer for long.
const EXAMINED: u64 = 20_000;

/// Reads a page of matching events.
pub(super) async fn read_events(log: &Log, request: &ReadEvents) -> Result<EventPage, StorageError> {
    log.read(&READ_STORES, async |transaction| {
        if request.backward {
            read_backward(log, transaction, request).await
        } else if request.filter.event_types.is_some() && request.filter.aggregate_ids.is_none() {
            read_by_type::read_forward(log, transaction, request).await
        } else {
            read_forward(log, transaction, request).await
        }
    })
    .await
}

/// Whole records that follow a position.
pub(super) async fn read_records(log: &Log, after: Option<u64>, bytes: usize) -> Result<Vec<Record>, StorageError> {
    log.read(&READ_STORES, async |transaction| {
        let mut records: Vec<Record> = Vec::new();
        let mut size = 0;
        let mut next = after.map_or(0, |after| after.min(MAX_SAFE_INTEGER) + 1);
        while size < bytes {
            let Some(segment) = segment_with(transaction, next).await? else {
                break;
            };
            size += segment.text().len();
            next = segment.last_sequence_number() + 1;
            records.push(segment);
        }
        if size < bytes {
            // From the beginning the first record has no events, and no sequence number precedes it.
            let tail = if next == 0 {
                all_commits(transaction).await?
            } else {
                commits_after(transaction, next - 1).await?
            };
            for record in tail {
                if size >= bytes {
                    break;
                }
                size += record.text().len();
                records.push(record);
            }
        }
        Ok(records)
    })
    .await
}

/// The place of a sequence number; none if the log ends before it.
pub(super) async fn place(log: &Log, sequence_number: u64) -> Result<Option<Head>, StorageError> {
    if sequence_number > MAX_SAFE_INTEGER {
        return Ok(None);
    }
    log.read(&READ_STORES, async |transaction| {
        Ok(record_with(log, transaction, sequence_number)
            .await?
            .and_then(|record| record.place_of(sequence_number)))
    })
    .await
}

/// Examines a record from `position` on. True if its end was reached with room for more.
pub(super) fn take_matching(
    record: &Record,
    filter: &EventFilter,
    position: &mut u64,
    builder: &mut PageBuilder,
) -> Result<bool, Trouble> {
    let (from, to) = filter.sequence_bounds();
    let mut went_through = true;
    let first = (*position + 1).max(from).max(record.first_sequence_number());
    let last = record.last_sequence_number().min(to);
    let mut reached = last;
    for sequence_number in first..=last {
        let Some(index) = record.directory().index_of(sequence_number) else {
            break;
        };
        if filter
            .matches_in(record, index)
            .map_err(|damage| Trouble::damage(sequence_number, &damage))?
        {
            if builder.is_full() {
                reached = sequence_number - 1;
                went_through = false;
                break;
            }
            builder.push(record, index);
        }
    }
    *position = (*position).max(reached);
    if let Some(place) = record.place_of(*position) {
        builder.advance_to(place);
    }
    Ok(went_through)
}

/// Examines the tail from `position` on and finishes the page.
pub(super) async fn finish_with_tail(
    log: &Log,
    transaction: &Transaction,
    filter: &EventFilter,
    mut position: u64,
    mut builder: PageBuilder,
) -> Result<EventPage, Trouble> {
    let (_, to) = filter.sequence_bounds();
    let tail = tail_after(log, transaction, position).await?;
    for record in &tail {
        if position >= to {
            break;
        }
        if record.first_sequence_number() > position + 1 {
            return Err(missing(position + 1).into());
        }
        if !take_matching(record, filter, &mut position, &mut builder)? {
            return Ok(builder.finish(false));
        }
    }
    // Nothing more can match, so that the whole log counts as examined.
    if let Some(newest) = tail.last() {
        builder.advance_to(newest.directory().head());
    }
    Ok(builder.finish(true))
}

/// The unsealed records after a sequence number: from memory, if the transaction proves that they are all.
pub(super) async fn tail_after(
    log: &Log,
    transaction: &Transaction,
    position: u64,
) -> Result<Vec<Rc<Record>>, Trouble> {
    let newest = log.newest_key();
    if ends_at(transaction, &newest).await? {
        let tip = log.tip.borrow();
        let covers = tip
            .tail()
            .next()
            .is_some_and(|first| first.first_sequence_number() <= position + 1);
        if covers
            && tip
                .newest()
                .is_some_and(|record| super::schema::record_key(record) == newest)
        {
            return Ok(tip
                .tail()
                .filter(|record| record.last_sequence_number() > position)
                .map(Rc::clone)
                .collect());
        }
    }
    Ok(commits_after(transaction, position)
        .await?
        .into_iter()
        .map(Rc::new)
        .collect())
}

/// The record that holds a sequence number, or right after whose end it stands.
pub(super) async fn record_with(
    log: &Log,
    transaction: &Transaction,
    sequence_number: u64,
) -> Result<Option<Rc<Record>>, Trouble> {
    if let Some(segment) = segment(log, transaction, sequence_number).await? {
        return Ok(Some(segment));
    }
    let before = sequence_number.saturating_sub(1);
    let tail = if sequence_number == 0 {
        all_commits(transaction).await?.into_iter().map(Rc::new).collect()
    } else {
        tail_after(log, transaction, before).await?
    };
    Ok(tail
        .into_iter()
        .find(|record| record.last_sequence_number() >= sequence_number))
}

/// The segment that holds a sequence number: kept from the last read, or read now.
pub(super) async fn segment(
    log: &Log,
    transaction: &Transaction,
    sequence_number: u64,
) -> Result<Option<Rc<Record>>, Trouble> {
    if let Some(kept) = log.kept_segment(sequence_number) {
        return Ok(Some(kept));
    }
    let Some(read) = segment_with(transaction, sequence_number).await? else {
        return Ok(None);
    };
    let read = Rc::new(read);
    log.keep_segment(Rc::clone(&read));
    Ok(Some(read))
}

/// The error for a sequence number that no record holds.
pub(super) fn missing(sequence_number: u64) -> StorageError {
    StorageError::corrupted(
        sequence_number,
        format!("sequence number {sequence_number} is missing from the log"),
    )
}

async fn read_forward(log: &Log, transaction: &Transaction, request: &ReadEvents) -> Result<EventPage, Trouble> {
    let filter = &request.filter;
    let after = request.from.unwrap_or(0).min(MAX_SAFE_INTEGER);
    let (from, to) = filter.sequence_bounds();
    let mut position = after.max(from.min(MAX_SAFE_INTEGER) - 1);
    let mut builder = PageBuilder::new(request.limits, after);
    let begin = position;
    while position < to {
        let Some(segment) = segment(log, transaction, position + 1).await? else {
            return finish_with_tail(log, transaction, filter, position, builder).await;
        };
        if segment.first_sequence_number() > position + 1 {
            return Err(missing(position + 1).into());
        }
        if !take_matching(&segment, filter, &mut position, &mut builder)? || position - begin >= EXAMINED {
            return Ok(builder.finish(false));
        }
    }
    finish_with_tail(log, transaction, filter, position, builder).await
}

async fn read_backward(log: &Log, transaction: &Transaction, request: &ReadEvents) -> Result<EventPage, Trouble> {
    let filter = &request.filter;
    let (from, to) = filter.sequence_bounds();
    let tail = tail_after(log, transaction, 0).await?;
    let end = match tail.last() {
        Some(record) => record.last_sequence_number(),
        None => return Ok(PageBuilder::new(request.limits, 0).finish(true)),
    };
    let begin = request
        .from
        .map_or(end + 1, |before| before.min(end + 1))
        .min(to.saturating_add(1));
    let mut builder = PageBuilder::new(request.limits, begin);
    let mut next = begin - 1;
    while next >= from {
        let in_tail = tail
            .iter()
            .find(|record| record.first_sequence_number() <= next && next <= record.last_sequence_number());
        let record = match in_tail {
            Some(record) => Rc::clone(record),
            None => segment(log, transaction, next).await?.ok_or_else(|| missing(next))?,
        };
        while next >= from.max(record.first_sequence_number()) {
            let index = record.directory().index_of(next).ok_or_else(|| missing(next))?;
            if filter
                .matches_in(&record, index)
                .map_err(|damage| Trouble::damage(next, &damage))?
            {
                if builder.is_full() {
                    return Ok(builder.finish(false));
                }
                builder.push(&record, index);
            }
            builder.advance(next);
            next -= 1;
        }
        if begin - next > EXAMINED && next >= from {
            return Ok(builder.finish(false));
        }
    }
    Ok(builder.finish(true))
}

async fn all_commits(transaction: &Transaction) -> Result<Vec<Record>, Trouble> {
    let values = super::port::request(transaction.store(COMMITS)?.get_all_with_key(&JsValue::UNDEFINED)).await?;
    let read = |value: JsValue| super::schema::read_record(&value).map_err(|damage| Trouble::damage(0, &damage));
    super::port::array(values).iter().map(read).collect()
}
