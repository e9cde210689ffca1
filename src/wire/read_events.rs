use std::fmt::Write as _;

use super::body::read_object;
use crate::{
    core::{InvalidInput, JsonCursor, MAX_SAFE_INTEGER, read::EventFilter},
    storage::ReadEvents,
};

/// Writes which events to read; no log has a number above the largest that can be written.
pub fn write_read_events(out: &mut String, request: &ReadEvents) {
    out.push_str("{\"filter\":");
    request.filter.write_json(out);
    if let Some(from) = request.from {
        // Writing to a String does not fail.
        let _ = write!(out, ",\"from\":{}", from.min(MAX_SAFE_INTEGER));
    }
    let _ = write!(
        out,
        ",\"backward\":{},\"withPlace\":{},\"maxEvents\":{},\"maxBytes\":{}}}",
        request.backward,
        request.with_place,
        (request.limits.events as u64).min(MAX_SAFE_INTEGER),
        (request.limits.bytes as u64).min(MAX_SAFE_INTEGER)
    );
}

/// Reads what [`write_read_events`] writes; what is absent has its default.
///
/// # Errors
///
/// Names the member that is unknown, malformed or out of range.
pub fn read_read_events(text: &str) -> Result<ReadEvents, InvalidInput> {
    let mut request = ReadEvents::default();
    read_object(text, &MEMBERS, &mut |cursor, name| {
        match name {
            "filter" => request.filter = EventFilter::read_at(cursor)?,
            "from" if cursor.null() => {}
            "from" => request.from = Some(cursor.integer()?),
            "backward" => request.backward = cursor.boolean()?,
            "withPlace" => request.with_place = cursor.boolean()?,
            "maxEvents" => request.limits.events = read_limit(cursor)?,
            _ => request.limits.bytes = read_limit(cursor)?,
        }
        Ok(())
    })?;
    Ok(request)
}

const MEMBERS: [&str; 6] = ["filter", "from", "backward", "withPlace", "maxEvents", "maxBytes"];

fn read_limit(cursor: &mut JsonCursor<'_>) -> Result<usize, InvalidInput> {
    let limit = cursor.integer()?;
    if limit == 0 {
        return Err("is 0; at least 1 is allowed".into());
    }
    Ok(usize::try_from(limit).unwrap_or(usize::MAX))
}
