//! Reading in the order of the log: the segments, then the tail.

use std::rc::Rc;

use wasm_bindgen::JsValue;

use super::{
    log::Log,
    port::{array, as_f64, port},
    schema,
    tip_loader::read_records,
    trouble::{damage_error, missing},
};
use crate::{
    core::{
        Head, MAX_SAFE_INTEGER,
        read::{EventFilter, EventPage, PageBuilder},
        record::Record,
    },
    storage::{ReadEvents, StorageError},
};

/// How many events one page examines at the most, so that a filter that fits little does not keep a consumer waiting for long.
const EXAMINED: u64 = 20_000;

/// Reads a page of matching events towards the end of the log.
pub(super) async fn read_forward(log: &Log, request: &ReadEvents) -> Result<EventPage, StorageError> {
    let filter = &request.filter;
    let after = request.from.unwrap_or(0).min(MAX_SAFE_INTEGER);
    let (from, to) = filter.sequence_bounds();
    let mut position = after.max(from.min(MAX_SAFE_INTEGER) - 1);
    let mut builder = PageBuilder::new(request.limits, after);
    let begin = position;
    loop {
        let (segment, tail) = match log.kept_segment(position + 1).filter(|_| position < to) {
            Some(kept) => (Some(kept), None),
            None => step(log, position, u32::from(position < to)).await?,
        };
        if let Some(segment) = segment {
            let through = take_matching(&segment, filter, &mut position, &mut builder)?;
            if !through || position - begin >= EXAMINED {
                return Ok(builder.finish(false));
            }
        } else if let Some(tail) = tail {
            return finish_with_tail(&tail, filter, position, builder);
        }
    }
}

/// Reads a page of matching events towards the beginning of the log.
pub(super) async fn read_backward(log: &Log, request: &ReadEvents) -> Result<EventPage, StorageError> {
    let filter = &request.filter;
    let (from, to) = filter.sequence_bounds();
    let end = log.current_head().await?.sequence_number;
    let begin = request
        .from
        .map_or(end + 1, |before| before.min(end + 1))
        .min(to.saturating_add(1));
    let mut builder = PageBuilder::new(request.limits, begin);
    let mut next = begin.saturating_sub(1);
    while next >= from {
        let record = record_with(log, next).await?.ok_or_else(|| missing(next))?;
        while next >= from.max(record.first_sequence_number()) {
            let index = record.directory().index_of(next).ok_or_else(|| missing(next))?;
            if filter
                .matches_in(&record, index)
                .map_err(|damage| damage_error(next, &damage))?
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

/// Whole records that follow a position.
pub(super) async fn whole_records(log: &Log, after: Option<u64>, bytes: usize) -> Result<Vec<Record>, StorageError> {
    // Before sequence number 0 stands nothing: the record that begins the log comes first.
    let mut position = after.map_or(-1.0, |after| as_f64(after.min(MAX_SAFE_INTEGER)));
    let mut records: Vec<Record> = Vec::new();
    let mut size = 0;
    while size < bytes {
        // A key that no log has: the tail comes as it is stored.
        let answer = array(log.call(&|database| port().scan(database, position, 1, -1.0)).await?);
        let mut read = read_records(answer.get(0))?;
        let is_tail = read.is_empty();
        if is_tail {
            read = read_records(answer.get(1))?;
        }
        for record in read {
            if size >= bytes {
                break;
            }
            size += record.text().len();
            position = schema::record_key(&record);
            records.push(record);
        }
        if is_tail {
            break;
        }
    }
    Ok(records)
}

/// The place of a sequence number; none if the log ends before it.
pub(super) async fn place(log: &Log, sequence_number: u64) -> Result<Option<Head>, StorageError> {
    if sequence_number > MAX_SAFE_INTEGER {
        return Ok(None);
    }
    Ok(record_with(log, sequence_number)
        .await?
        .and_then(|record| record.place_of(sequence_number)))
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

/// Examines the tail from `position` on and finishes the page.
pub(super) fn finish_with_tail(
    tail: &[Rc<Record>],
    filter: &EventFilter,
    mut position: u64,
    mut builder: PageBuilder,
) -> Result<EventPage, StorageError> {
    let (_, to) = filter.sequence_bounds();
    for record in tail {
        if position >= to {
            break;
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

/// The tail of an answer of `port.js`, after a sequence number: from memory, if the transaction proved that this tab knows it.
/// None if the tip has moved on meanwhile and does not reach back far enough: then the log is read again.
pub(super) fn tail_of(
    log: &Log,
    answer: &JsValue,
    newest: f64,
    after: u64,
) -> Result<Option<Vec<Rc<Record>>>, StorageError> {
    if !answer.is_truthy() || answer.as_bool().is_none() {
        return Ok(Some(read_records(answer.clone())?.into_iter().map(Rc::new).collect()));
    }
    let tip = log.tip.borrow();
    let mut tail = Vec::new();
    let mut covered = after;
    for record in tip.tail() {
        let key = schema::record_key(record);
        // The newest one always: it tells where the log ends.
        if (record.last_sequence_number() > after && key <= newest) || is_same(key, newest) {
            if tail.is_empty() {
                covered = record.first_sequence_number() - 1;
            }
            tail.push(Rc::clone(record));
        }
    }
    let reaches_end = tail
        .last()
        .is_some_and(|record| is_same(schema::record_key(record), newest));
    Ok((covered <= after && reaches_end).then_some(tail))
}

/// The record that holds a sequence number, or at whose end or beginning it stands; a sealed one is kept.
pub(super) async fn record_with(log: &Log, sequence_number: u64) -> Result<Option<Rc<Record>>, StorageError> {
    if let Some(kept) = log.kept_segment(sequence_number) {
        return Ok(Some(kept));
    }
    loop {
        let newest = log.newest_key();
        let after = as_f64(sequence_number) - 1.0;
        let answer = array(log.call(&|database| port().scan(database, after, 1, newest)).await?);
        if let Some(segment) = read_records(answer.get(0))?.pop() {
            let segment = Rc::new(segment);
            log.keep_segment(&segment);
            return Ok(Some(segment));
        }
        if let Some(tail) = tail_of(log, &answer.get(1), newest, sequence_number.saturating_sub(1))? {
            return Ok(tail
                .into_iter()
                .find(|record| record.last_sequence_number() >= sequence_number));
        }
    }
}

/// The next segment after a position, or if there is none (or `limit` is 0) the tail after it; neither, if it has to be asked again.
async fn step(
    log: &Log,
    position: u64,
    limit: u32,
) -> Result<(Option<Rc<Record>>, Option<Vec<Rc<Record>>>), StorageError> {
    let (newest, sealed_to) = (log.newest_key(), log.sealed_to());
    let after = as_f64(position);
    let answer = array(
        log.call(&|database| port().scan(database, after, limit, newest))
            .await?,
    );
    if let Some(segment) = read_records(answer.get(0))?.pop() {
        let segment = Rc::new(segment);
        log.keep_segment(&segment);
        return Ok((Some(segment), None));
    }
    Ok((None, tail_of(log, &answer.get(1), newest, position.max(sealed_to))?))
}

/// Whether two keys are the same: numbers that came out of the same database, so exactly.
fn is_same(one: f64, other: f64) -> bool {
    one.total_cmp(&other).is_eq()
}
