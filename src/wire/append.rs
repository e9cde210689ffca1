use std::fmt::Write as _;

use super::{
    body::read_object,
    checkpoint::{read_move, write_checkpoint_move},
};
use crate::{
    core::{
        EventId, InvalidInput, JsonCursor, Limits, Timestamp,
        append::{AppendCondition, GivenExpectations, PreparedAppend, read_each},
        event::{NewEvent, read_events_at, write_new_event_json},
        read::EventFilter,
        write_json_string,
    },
    storage::AppendRequest,
};

/// Writes an append: sent again, it is the same append.
pub fn write_append(out: &mut String, request: &AppendRequest) {
    let mut separator = "{\"events\":[";
    for event in request.append.events() {
        out.push_str(separator);
        write_new_event_json(out, &event.content, event.created_at_given);
        separator = ",";
    }
    separator = "],\"expectedVersions\":[";
    for (id, expectation) in request.append.expectations().iter() {
        out.push_str(separator);
        out.push('[');
        write_json_string(out, id.as_str());
        out.push(',');
        expectation.write_json(out);
        out.push(']');
        separator = ",";
    }
    out.push(']');
    if let Some(condition) = &request.condition {
        out.push_str(",\"condition\":{\"filter\":");
        condition.filter.write_json(out);
        // Writing to a String does not fail.
        let _ = write!(out, ",\"after\":{}}}", condition.after);
    }
    if let Some(step) = &request.checkpoint {
        out.push_str(",\"checkpoint\":");
        write_checkpoint_move(out, step);
    }
    out.push('}');
}

/// Reads what [`write_append`] writes, and prepares it: `now` is when events happened that do not say when.
///
/// # Errors
///
/// `invalid_event` or `invalid_argument` naming the field, also for an event without an id, and what [`PreparedAppend::new`] refuses.
pub fn read_append(text: &str, limits: &Limits, now: Timestamp) -> Result<AppendRequest, InvalidInput> {
    let (mut events, mut of_each) = (Vec::new(), Vec::new());
    let (mut condition, mut checkpoint) = (None, None);
    // What is wrong with an event already says where it stands.
    let mut refused_event = None;
    let read = read_object(text, &MEMBERS, &mut |cursor, name| {
        match name {
            "events" => match read_events_at(cursor) {
                Ok(read) => events = read,
                Err(refused) => {
                    refused_event = Some(refused.clone());
                    return Err(refused);
                }
            },
            "expectedVersions" => of_each = read_each(cursor)?,
            "condition" => condition = Some(read_condition(cursor)?),
            _ => checkpoint = Some(read_move(cursor)?),
        }
        Ok(())
    });
    if let Some(refused) = refused_event {
        return Err(refused);
    }
    read?;
    if let Some(index) = events.iter().position(|event: &NewEvent| event.id.is_none()) {
        let reason = "is missing: without it the request could not be sent again";
        return Err(InvalidInput::event(format!("events[{index}].id"), reason));
    }
    let given = GivenExpectations {
        of_the_aggregate: None,
        of_each,
    };
    // Every event has an id, so none is minted.
    let append = PreparedAppend::new(events, &given, limits, now, || EventId::from_bytes([0; 16]))?;
    Ok(AppendRequest {
        append,
        condition,
        checkpoint,
    })
}

const MEMBERS: [&str; 4] = ["events", "expectedVersions", "condition", "checkpoint"];

fn read_condition(cursor: &mut JsonCursor<'_>) -> Result<AppendCondition, InvalidInput> {
    let mut condition = AppendCondition {
        filter: EventFilter::default(),
        after: 0,
    };
    cursor.members(&["filter", "after"], &mut |cursor, name| {
        match name {
            "filter" => condition.filter = EventFilter::read_at(cursor)?,
            _ => condition.after = cursor.integer()?,
        }
        Ok(())
    })?;
    Ok(condition)
}
