use super::body::is_null;
use crate::core::{Head, InvalidInput, JsonCursor, fold::Snapshot};

/// Writes a place of the log; `null` for none.
pub fn write_place(out: &mut String, place: Option<&Head>) {
    match place {
        Some(place) => place.write_json(out),
        None => out.push_str("null"),
    }
}

/// Reads what [`write_place`] writes.
///
/// # Errors
///
/// Names the member that is missing, unknown or malformed.
pub fn read_place(text: &str) -> Result<Option<Head>, InvalidInput> {
    if is_null(text) {
        Ok(None)
    } else {
        read_head(text).map(Some)
    }
}

/// Reads a place of the log.
///
/// # Errors
///
/// Names the member that is missing, unknown or malformed.
pub fn read_head(text: &str) -> Result<Head, InvalidInput> {
    let mut cursor = JsonCursor::new(text);
    let head = Head::read_json(&mut cursor)?;
    cursor.end()?;
    Ok(head)
}

/// Writes a snapshot; `null` for none.
pub fn write_snapshot(out: &mut String, snapshot: Option<&Snapshot>) {
    match snapshot {
        Some(snapshot) => snapshot.write_json(out),
        None => out.push_str("null"),
    }
}

/// Reads what [`write_snapshot`] writes.
///
/// # Errors
///
/// Names the member that is missing, unknown or malformed.
pub fn read_snapshot(text: &str) -> Result<Option<Snapshot>, InvalidInput> {
    if is_null(text) {
        Ok(None)
    } else {
        Snapshot::read_json(text).map(Some)
    }
}
