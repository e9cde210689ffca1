use std::fmt::Write as _;

use super::{
    body::{element, end_array, missing, read_array, read_object},
    places::write_place,
};
use crate::core::{
    Head, InvalidInput, JsonCursor,
    read::{EventPage, PageBuilder, PageLimits},
};

/// Writes a page: how long each event is stands before the events, so that a reader cuts them without parsing.
pub fn write_page(out: &mut String, page: &EventPage) {
    // Writing to a String does not fail.
    let _ = write!(out, "{{\"position\":{},\"place\":", page.position);
    write_place(out, page.place.as_ref());
    let _ = write!(out, ",\"done\":{},\"entries\":[", page.done);
    for (index, entry) in page.entries().iter().enumerate() {
        let comma = if index > 0 { "," } else { "" };
        let _ = write!(
            out,
            "{comma}[{},{},{}]",
            entry.sequence_number,
            entry.aggregate_version,
            entry.length()
        );
    }
    out.push_str("],\"events\":[");
    out.push_str(page.text());
    out.push_str("]}");
}

/// Reads what [`write_page`] writes, the members in that order. What is between the commas is not looked at.
///
/// # Errors
///
/// Names the member that is missing, unknown or malformed, or says that the lengths are not those of the texts.
pub fn read_page(text: &str) -> Result<EventPage, InvalidInput> {
    let (mut position, mut place, mut done, mut entries) = (None, None, None, Vec::new());
    let mut builder = PageBuilder::new(PageLimits::default(), 0);
    read_object(text, &MEMBERS, &mut |cursor, name| {
        match name {
            "position" => position = Some(cursor.integer()?),
            "place" if cursor.null() => {}
            "place" => place = Some(Head::read_json(cursor)?),
            "done" => done = Some(cursor.boolean()?),
            "entries" => read_array(cursor, &mut |cursor| {
                entries.push(read_entry(cursor)?);
                Ok(())
            })?,
            _ => cut(cursor, &entries, &mut builder)?,
        }
        Ok(())
    })?;
    let position = position.ok_or_else(|| missing("position"))?;
    if place.is_some_and(|place| place.sequence_number != position) {
        return Err(InvalidInput::argument("place", "is not that of the position"));
    }
    match place {
        Some(place) => builder.advance_to(place),
        None => builder.advance(position),
    }
    Ok(builder.finish(done.ok_or_else(|| missing("done"))?))
}

const MEMBERS: [&str; 5] = ["position", "place", "done", "entries", "events"];

/// Sequence number, version and length of an event.
type Entry = [u64; 3];

fn read_entry(cursor: &mut JsonCursor<'_>) -> Result<Entry, InvalidInput> {
    let (mut entry, mut first) = ([0; 3], true);
    cursor.begin_array()?;
    for number in &mut entry {
        element(cursor, &mut first)?;
        *number = cursor.integer()?;
    }
    end_array(cursor, &mut first)?;
    Ok(entry)
}

/// Cuts the texts of the events, of which the first character and the last must be those of an object.
fn cut(cursor: &mut JsonCursor<'_>, entries: &[Entry], builder: &mut PageBuilder) -> Result<(), InvalidInput> {
    let mut first = true;
    cursor.begin_array()?;
    for [sequence_number, aggregate_version, length] in entries {
        element(cursor, &mut first)?;
        let text = usize::try_from(*length).ok().and_then(|length| cursor.take(length));
        let text = text.filter(|text| text.starts_with('{') && text.ends_with('}'));
        let text = text.ok_or("is not as long as the entries say")?;
        builder.push_text(text, *sequence_number, *aggregate_version);
    }
    end_array(cursor, &mut first)
}
