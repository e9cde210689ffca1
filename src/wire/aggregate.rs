use std::fmt::Write as _;

use super::body::{is_null, missing, read_object};
use crate::core::{AggregateType, InvalidInput, append::AggregateState, write_json_string};

/// Writes where an aggregate stands; `null` if it has no events.
pub fn write_aggregate(out: &mut String, state: Option<&AggregateState>) {
    match state {
        Some(state) => {
            out.push_str("{\"aggregateType\":");
            write_json_string(out, state.aggregate_type.as_str());
            // Writing to a String does not fail.
            let _ = write!(out, ",\"aggregateVersion\":{}}}", state.version);
        }
        None => out.push_str("null"),
    }
}

/// Reads what [`write_aggregate`] writes.
///
/// # Errors
///
/// Names the member that is missing, unknown or malformed.
pub fn read_aggregate(text: &str) -> Result<Option<AggregateState>, InvalidInput> {
    if is_null(text) {
        return Ok(None);
    }
    let (mut aggregate_type, mut version) = (None, None);
    read_object(text, &["aggregateType", "aggregateVersion"], &mut |cursor, name| {
        match name {
            "aggregateType" => aggregate_type = Some(cursor.text(AggregateType::parse)?),
            _ => version = Some(cursor.integer()?),
        }
        Ok(())
    })?;
    Ok(Some(AggregateState {
        version: version.ok_or_else(|| missing("aggregateVersion"))?,
        aggregate_type: aggregate_type.ok_or_else(|| missing("aggregateType"))?,
    }))
}
