//! Reading the events of some types from their copies, then from the tail.

use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::JsValue;

use super::{
    log::Log,
    port::{array, as_f64, port},
    read::{finish_with_tail, record_with, tail_of},
    schema,
    tip_loader::read_sealed,
    trouble::damage_error,
};
use crate::{
    core::{
        EventType, MAX_SAFE_INTEGER,
        event::RecordedEvent,
        read::{EventFilter, EventPage, PageBuilder},
        record::{DamagedRecord, Excerpt, Record},
        sorted,
    },
    storage::{ReadEvents, StorageError},
};

/// How many copies of all types together one step reads.
const COPIES: u32 = 8;

/// Reads a page of the events of the filter's types.
pub(super) async fn read_forward(log: &Log, request: &ReadEvents) -> Result<EventPage, StorageError> {
    let filter = &request.filter;
    let after = request.from.unwrap_or(0).min(MAX_SAFE_INTEGER);
    let (from, to) = filter.sequence_bounds();
    let mut position = after.max(from.min(MAX_SAFE_INTEGER) - 1);
    let mut builder = PageBuilder::new(request.limits, after);
    loop {
        let step = read_step(log, filter, position, to).await?;
        let went_through = step.push_into(filter, &mut position, &mut builder)?;
        if went_through && position >= step.sealed_to {
            match step.tail {
                Some(tail) => return finish_with_tail(&tail, filter, position, builder),
                // Asked again, with nothing left to read from the copies.
                None => continue,
            }
        }
        if request.with_place
            && let Some(place) = record_with(log, position)
                .await?
                .and_then(|record| record.place_of(position))
        {
            builder.advance_to(place);
        } else {
            builder.advance(position);
        }
        if !went_through {
            return Ok(builder.finish(false));
        }
    }
}

/// Some copies, the position up to which they are complete, how far copies go at all, and the tail.
struct Step {
    excerpts: Vec<Excerpt>,
    complete_to: u64,
    sealed_to: u64,
    tail: Option<Vec<Rc<Record>>>,
}

async fn read_step(log: &Log, filter: &EventFilter, position: u64, to: u64) -> Result<Step, StorageError> {
    let types: Vec<&EventType> = filter.event_types.iter().flatten().collect();
    let limit = (COPIES / u32::try_from(types.len()).unwrap_or(COPIES).max(1)).max(1);
    let ranges = Array::new();
    for event_type in types {
        let lower = JsValue::from_str(&schema::type_key(event_type, position + 1));
        ranges.push(&Array::of2(&lower, &JsValue::from_str(&format!("{event_type}\u{1}"))));
    }
    let newest = log.newest_key();
    let after = as_f64(position);
    let answer = array(
        log.call(&|database| port().read_types(database, &ranges, limit, after, newest))
            .await?,
    );
    let sealed_to = read_sealed(&answer.get(0))?.map_or(0, |sealed| sealed.to);
    let tail_after = position.max(sealed_to);
    let sealed_to = sealed_to.min(to);
    let mut step = Step {
        excerpts: Vec::new(),
        complete_to: sealed_to,
        sealed_to,
        tail: tail_of(log, &answer.get(2), newest, tail_after)?,
    };
    for copies in array(answer.get(1)).iter() {
        let copies = array(copies);
        let (keys, values) = (array(copies.get(0)), array(copies.get(1)));
        if values.length() == limit {
            let last = keys
                .get(limit - 1)
                .as_string()
                .and_then(|key| schema::read_type_key(&key));
            step.complete_to = step.complete_to.min(last.unwrap_or(position));
        }
        for value in values.iter() {
            step.excerpts.push(schema::read_excerpt(&value, position + 1)?);
        }
    }
    Ok(step)
}

impl Step {
    /// Adds what matches, in the order of the log. True if all that is complete was added.
    fn push_into(
        &self,
        filter: &EventFilter,
        position: &mut u64,
        builder: &mut PageBuilder,
    ) -> Result<bool, StorageError> {
        let mut places: Vec<(u64, usize, usize)> = Vec::new();
        for (of, excerpt) in self.excerpts.iter().enumerate() {
            for (index, entry) in excerpt.entries().iter().enumerate() {
                if entry.sequence_number > *position && entry.sequence_number <= self.complete_to {
                    places.push((entry.sequence_number, of, index));
                }
            }
        }
        for (sequence_number, of, index) in sorted(places) {
            let excerpt = &self.excerpts[of];
            let text = excerpt.event_text(index);
            if !only_types(filter) {
                let event = RecordedEvent::read_json(text).map_err(|reason| {
                    damage_error(
                        sequence_number,
                        &DamagedRecord {
                            reason,
                            unsupported: false,
                        },
                    )
                })?;
                if !filter.matches(&event) {
                    continue;
                }
            }
            if builder.is_full() {
                *position = sequence_number - 1;
                return Ok(false);
            }
            builder.push_text(text, sequence_number, excerpt.entries()[index].aggregate_version);
        }
        *position = (*position).max(self.complete_to);
        Ok(true)
    }
}

/// Whether nothing but types and sequence numbers is asked for, which the copies' directories answer.
fn only_types(filter: &EventFilter) -> bool {
    let rest = EventFilter {
        event_types: None,
        from_sequence: None,
        to_sequence: None,
        ..filter.clone()
    };
    rest == EventFilter::default()
}
