use super::body::{element, end_array, missing, read_array, read_object};
use crate::core::{
    AggregateId, Head, InvalidInput,
    append::{Durability, Receipt},
};

/// Reads what [`Receipt::write_json`] writes.
///
/// # Errors
///
/// Names the member that is missing, unknown or malformed.
pub fn read_receipt(text: &str) -> Result<Receipt, InvalidInput> {
    let (mut numbers, mut versions) = ([None; 2], Vec::new());
    let (mut head, mut durability, mut replayed) = (None, None, None);
    read_object(text, &MEMBERS, &mut |cursor, name| {
        match name {
            "firstSequenceNumber" => numbers[0] = Some(cursor.integer()?),
            "lastSequenceNumber" => numbers[1] = Some(cursor.integer()?),
            "versions" => read_array(cursor, &mut |cursor| {
                let mut first = true;
                cursor.begin_array()?;
                element(cursor, &mut first)?;
                let id = cursor.text(AggregateId::parse)?;
                element(cursor, &mut first)?;
                versions.push((id, cursor.integer()?));
                end_array(cursor, &mut first)
            })?,
            "head" => head = Some(Head::read_json(cursor)?),
            "durability" => durability = Some(cursor.text(Durability::parse)?),
            _ => replayed = Some(cursor.boolean()?),
        }
        Ok(())
    })?;
    Ok(Receipt {
        first_sequence_number: numbers[0].ok_or_else(|| missing(MEMBERS[0]))?,
        last_sequence_number: numbers[1].ok_or_else(|| missing(MEMBERS[1]))?,
        versions,
        head: head.ok_or_else(|| missing(MEMBERS[3]))?,
        durability: durability.ok_or_else(|| missing(MEMBERS[4]))?,
        replayed: replayed.ok_or_else(|| missing(MEMBERS[5]))?,
    })
}

const MEMBERS: [&str; 6] = [
    "firstSequenceNumber",
    "lastSequenceNumber",
    "versions",
    "head",
    "durability",
    "replayed",
];
