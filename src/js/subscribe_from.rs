use crate::{
    core::{Head, InvalidInput, JsonCursor},
    engine::SubscribeFrom,
};

/// Reads a sequence number, `"end"` or a cursor, as JSON.
pub(super) fn read_subscribe_from(json: &str) -> Result<SubscribeFrom, InvalidInput> {
    let mut cursor = JsonCursor::new(json);
    let read = read(&mut cursor).and_then(|from| {
        cursor.end()?;
        Ok(from)
    });
    read.map_err(|invalid| invalid.within("after"))
}

fn read(cursor: &mut JsonCursor<'_>) -> Result<SubscribeFrom, InvalidInput> {
    if cursor.peek_value() != Some(b'"') {
        let number = cursor.integer();
        let number = number.map_err(|_| "is neither a sequence number, \"end\" nor a cursor")?;
        return Ok(SubscribeFrom::Sequence(number));
    }
    match cursor.string()?.as_ref() {
        "end" => Ok(SubscribeFrom::End),
        text => Ok(SubscribeFrom::Cursor(Head::from_cursor(text)?)),
    }
}
