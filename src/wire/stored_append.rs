use std::fmt::Write as _;

use super::body::{is_null, missing, read_array, read_object};
use crate::core::{
    AggregateId, Digest, EventId, Head, InvalidInput, JsonCursor, Timestamp,
    append::{Durability, StoredAppend, StoredEventKey},
    write_json_string,
};

/// Writes an append that is stored; `null` for none.
pub fn write_stored_append(out: &mut String, stored: Option<&StoredAppend>) {
    let Some(stored) = stored else {
        out.push_str("null");
        return;
    };
    // Writing to a String does not fail.
    let _ = write!(
        out,
        "{{\"firstSequenceNumber\":{},\"recordedAt\":\"{}\",\"durability\":\"{}\",\"head\":",
        stored.first_sequence_number,
        stored.recorded_at,
        stored.durability.as_str()
    );
    stored.head.write_json(out);
    let mut separator = ",\"events\":[";
    for event in &stored.events {
        let _ = write!(
            out,
            "{separator}{{\"id\":\"{}\",\"digest\":\"{}\",\"createdAt\":\"{}\",\"aggregateId\":",
            event.id, event.digest, event.created_at
        );
        write_json_string(out, event.aggregate_id.as_str());
        let _ = write!(out, ",\"aggregateVersion\":{}}}", event.aggregate_version);
        separator = ",";
    }
    out.push_str("]}");
}

/// Reads what [`write_stored_append`] writes.
///
/// # Errors
///
/// Names the member that is missing, unknown or malformed.
pub fn read_stored_append(text: &str) -> Result<Option<StoredAppend>, InvalidInput> {
    if is_null(text) {
        return Ok(None);
    }
    let (mut first_sequence_number, mut recorded_at, mut durability, mut head) = (None, None, None, None);
    let mut events = Vec::new();
    read_object(text, &MEMBERS, &mut |cursor, name| {
        match name {
            "firstSequenceNumber" => first_sequence_number = Some(cursor.integer()?),
            "recordedAt" => recorded_at = Some(cursor.text(Timestamp::parse)?),
            "durability" => durability = Some(cursor.text(Durability::parse)?),
            "head" => head = Some(Head::read_json(cursor)?),
            _ => read_array(cursor, &mut |cursor| {
                events.push(read_event(cursor)?);
                Ok(())
            })?,
        }
        Ok(())
    })?;
    if events.is_empty() {
        return Err(missing("events"));
    }
    Ok(Some(StoredAppend {
        first_sequence_number: first_sequence_number.ok_or_else(|| missing("firstSequenceNumber"))?,
        recorded_at: recorded_at.ok_or_else(|| missing("recordedAt"))?,
        durability: durability.ok_or_else(|| missing("durability"))?,
        head: head.ok_or_else(|| missing("head"))?,
        events,
    }))
}

const MEMBERS: [&str; 5] = ["firstSequenceNumber", "recordedAt", "durability", "head", "events"];

fn read_event(cursor: &mut JsonCursor<'_>) -> Result<StoredEventKey, InvalidInput> {
    let (mut id, mut digest, mut created_at, mut aggregate_id, mut aggregate_version) = (None, None, None, None, None);
    cursor.members(&EVENT_MEMBERS, &mut |cursor, name| {
        match name {
            "id" => id = Some(cursor.text(EventId::parse)?),
            "digest" => digest = Some(cursor.text(Digest::parse)?),
            "createdAt" => created_at = Some(cursor.text(Timestamp::parse)?),
            "aggregateId" => aggregate_id = Some(cursor.text(AggregateId::parse)?),
            _ => aggregate_version = Some(cursor.integer()?),
        }
        Ok(())
    })?;
    Ok(StoredEventKey {
        id: id.ok_or_else(|| missing("id"))?,
        digest: digest.ok_or_else(|| missing("digest"))?,
        created_at: created_at.ok_or_else(|| missing("createdAt"))?,
        aggregate_id: aggregate_id.ok_or_else(|| missing("aggregateId"))?,
        aggregate_version: aggregate_version.ok_or_else(|| missing("aggregateVersion"))?,
    })
}

const EVENT_MEMBERS: [&str; 5] = ["id", "digest", "createdAt", "aggregateId", "aggregateVersion"];
