use crate::core::{InvalidInput, JsonCursor};

/// How a member of a body is read.
pub(super) type ReadMember<'r> = dyn FnMut(&mut JsonCursor<'_>, &'static str) -> Result<(), InvalidInput> + 'r;

/// Reads a body that is one object with some of these members and nothing else.
pub(super) fn read_object(text: &str, names: &[&'static str], read: &mut ReadMember<'_>) -> Result<(), InvalidInput> {
    let mut cursor = JsonCursor::new(text);
    let read = cursor.members(names, read);
    read.and_then(|()| Ok(cursor.end()?))
        .map_err(|invalid| invalid.or_in("body"))
}

/// Whether the body is `null`: there is no such thing.
pub(super) fn is_null(text: &str) -> bool {
    text.trim_ascii() == "null"
}

pub(super) fn missing(member: &str) -> InvalidInput {
    InvalidInput::argument(member, "is missing")
}

/// Steps to the next element of an array that must have one.
pub(super) fn element(cursor: &mut JsonCursor<'_>, first: &mut bool) -> Result<(), InvalidInput> {
    if cursor.next_element(first)? {
        Ok(())
    } else {
        Err("has too few elements".into())
    }
}

/// Steps over the end of an array.
pub(super) fn end_array(cursor: &mut JsonCursor<'_>, first: &mut bool) -> Result<(), InvalidInput> {
    if cursor.next_element(first)? {
        Err("has too many elements".into())
    } else {
        Ok(())
    }
}

/// Reads the elements of an array, each with `read`.
pub(super) fn read_array(
    cursor: &mut JsonCursor<'_>,
    read: &mut dyn FnMut(&mut JsonCursor<'_>) -> Result<(), InvalidInput>,
) -> Result<(), InvalidInput> {
    let mut first = true;
    cursor.begin_array()?;
    while cursor.next_element(&mut first)? {
        read(cursor)?;
    }
    Ok(())
}
