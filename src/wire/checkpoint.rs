use super::body::{is_null, missing, read_object};
use crate::core::{CheckpointName, Cursor, Head, InvalidInput, JsonCursor, append::CheckpointMove, write_json_string};

/// Writes the stored position of a consumer; `null` for none.
pub fn write_checkpoint(out: &mut String, cursor: Option<&Cursor>) {
    match cursor {
        Some(cursor) => {
            out.push_str("{\"cursor\":\"");
            out.push_str(&cursor.to_cursor());
            out.push_str("\"}");
        }
        None => out.push_str("null"),
    }
}

/// Reads what [`write_checkpoint`] writes.
///
/// # Errors
///
/// Names the member that is missing, unknown or malformed.
pub fn read_checkpoint(text: &str) -> Result<Option<Cursor>, InvalidInput> {
    if is_null(text) {
        return Ok(None);
    }
    let mut stored = None;
    read_object(text, &["cursor"], &mut |cursor, _| {
        stored = Some(cursor.text(Head::from_cursor)?);
        Ok(())
    })?;
    stored.ok_or_else(|| missing("cursor")).map(Some)
}

/// Writes the move of a checkpoint.
pub fn write_checkpoint_move(out: &mut String, step: &CheckpointMove) {
    out.push_str("{\"name\":");
    write_json_string(out, step.name.as_str());
    for (name, cursor) in [("from", step.from.as_ref()), ("to", Some(&step.to))] {
        out.push_str(",\"");
        out.push_str(name);
        out.push_str("\":");
        match cursor {
            Some(cursor) => write_json_string(out, &cursor.to_cursor()),
            None => out.push_str("null"),
        }
    }
    out.push('}');
}

/// Reads what [`write_checkpoint_move`] writes.
///
/// # Errors
///
/// Names the member that is missing, unknown or malformed.
pub fn read_checkpoint_move(text: &str) -> Result<CheckpointMove, InvalidInput> {
    let mut cursor = JsonCursor::new(text);
    let step = read_move(&mut cursor)?;
    cursor.end()?;
    Ok(step)
}

pub(super) fn read_move(cursor: &mut JsonCursor<'_>) -> Result<CheckpointMove, InvalidInput> {
    let (mut consumer, mut from, mut to) = (None, None, None);
    cursor.members(&["name", "from", "to"], &mut |cursor, name| {
        match name {
            "name" => consumer = Some(cursor.text(CheckpointName::parse)?),
            "from" if cursor.null() => {}
            "from" => from = Some(cursor.text(Head::from_cursor)?),
            _ => to = Some(cursor.text(Head::from_cursor)?),
        }
        Ok(())
    })?;
    Ok(CheckpointMove {
        name: consumer.ok_or_else(|| missing("name"))?,
        from,
        to: to.ok_or_else(|| missing("to"))?,
    })
}
