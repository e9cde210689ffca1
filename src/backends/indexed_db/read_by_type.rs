//! Reading the events of some types from their copies, then from the tail.

use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue};

use super::{
    log::Log,
    port::{Transaction, array, get, key_range_within, request, string},
    read::{finish_with_tail, segment},
    schema::{self, BY_TYPE},
    tip_loader::read_sealed,
    trouble::Trouble,
};
use crate::{
    core::{
        EventType, MAX_SAFE_INTEGER,
        event::RecordedEvent,
        read::{EventFilter, EventPage, PageBuilder},
        record::{DamagedRecord, Excerpt},
    },
    storage::ReadEvents,
};

/// How many copies of all types together one step reads.
const COPIES: u32 = 8;

/// Reads a page of the events of the filter's types.
pub(super) async fn read_forward(
    log: &Log,
    transaction: &Transaction,
    request: &ReadEvents,
) -> Result<EventPage, Trouble> {
    let filter = &request.filter;
    let after = request.from.unwrap_or(0).min(MAX_SAFE_INTEGER);
    let (from, to) = filter.sequence_bounds();
    let mut position = after.max(from.min(MAX_SAFE_INTEGER) - 1);
    let mut builder = PageBuilder::new(request.limits, after);
    let sealed_to = read_sealed(transaction).await?.map_or(0, |sealed| sealed.to);
    while position < sealed_to.min(to) {
        let step = read_step(transaction, filter, position, sealed_to.min(to)).await?;
        let went_through = step.push_into(filter, &mut position, &mut builder)?;
        if request.with_place {
            if let Some(place) = segment(log, transaction, position)
                .await?
                .and_then(|segment| segment.place_of(position))
            {
                builder.advance_to(place);
            }
        } else {
            builder.advance(position);
        }
        if !went_through {
            return Ok(builder.finish(false));
        }
    }
    finish_with_tail(log, transaction, filter, position, builder).await
}

/// Some copies, and the position up to which they are complete.
struct Step {
    excerpts: Vec<Excerpt>,
    complete_to: u64,
}

async fn read_step(transaction: &Transaction, filter: &EventFilter, position: u64, end: u64) -> Result<Step, Trouble> {
    let types: Vec<&EventType> = filter.event_types.iter().flatten().collect();
    let limit = (COPIES / u32::try_from(types.len()).unwrap_or(COPIES).max(1)).max(1);
    let store = transaction.store(BY_TYPE)?;
    let mut issued = Vec::with_capacity(types.len());
    for event_type in types {
        let lower = JsValue::from_str(&schema::type_key(event_type, position + 1));
        let range = key_range_within(&lower, &JsValue::from_str(&format!("{event_type}\u{1}")))?;
        let keys = store.get_all_keys_with_key_and_limit(&range, limit);
        issued.push((keys, store.get_all_with_key_and_limit(&range, limit)));
    }
    let mut step = Step {
        excerpts: Vec::new(),
        complete_to: end,
    };
    for (keys, values) in issued {
        let keys = schema::string_keys(request(keys).await?);
        let values = array(request(values).await?);
        if values.length() == limit
            && let Some(last) = keys.last().and_then(|key| schema::read_type_key(key))
        {
            step.complete_to = step.complete_to.min(last);
        }
        for value in values.iter() {
            step.excerpts
                .push(read_excerpt(&value).map_err(|damage| Trouble::damage(position + 1, &damage))?);
        }
    }
    Ok(step)
}

impl Step {
    /// Adds what matches, in the order of the log. True if all that is complete was added.
    fn push_into(&self, filter: &EventFilter, position: &mut u64, builder: &mut PageBuilder) -> Result<bool, Trouble> {
        let mut places: Vec<(u64, usize, usize)> = Vec::new();
        for (of, excerpt) in self.excerpts.iter().enumerate() {
            let entries = excerpt.entries().iter().enumerate();
            let wanted = entries
                .filter(|(_, entry)| entry.sequence_number > *position && entry.sequence_number <= self.complete_to);
            places.extend(wanted.map(|(index, entry)| (entry.sequence_number, of, index)));
        }
        places.sort_unstable();
        for (sequence_number, of, index) in places {
            let excerpt = &self.excerpts[of];
            let text = excerpt.event_text(index);
            if !only_types(filter) {
                let event = RecordedEvent::read_json(text).map_err(|reason| {
                    Trouble::damage(
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
        *position = self.complete_to;
        Ok(true)
    }
}

/// Reads a copy.
pub(super) fn read_excerpt(value: &JsValue) -> Result<Excerpt, DamagedRecord> {
    let damaged = |reason: &str| DamagedRecord {
        reason: reason.to_owned(),
        unsupported: false,
    };
    let directory = get(value, "x")
        .dyn_into::<Uint8Array>()
        .map_err(|_| damaged("the copy has no directory"))?;
    let text = string(&get(value, "t")).ok_or_else(|| damaged("the copy has no text"))?;
    Excerpt::decode(&directory.to_vec(), text)
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
