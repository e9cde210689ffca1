use sha2::{Digest as _, Sha256};

use super::{
    AppendEntry, AppendKind, DamagedRecord, Directory, EventEntry,
    bytes::{Reader, damaged},
    encode::{CHECKSUM, FORMAT, KIND_EPOCH_CHANGE, KIND_EVENTS},
};
use crate::core::{
    AggregateId, AggregateType, Digest, Epoch, EventId, EventType, Head, Link, MAX_SAFE_INTEGER, Timestamp,
    append::Durability,
};

pub(super) fn decode(bytes: &[u8]) -> Result<Box<Directory>, DamagedRecord> {
    let mut reader = open(bytes, "record")?;
    let directory = read_directory(&mut reader)?;
    if !reader.is_empty() {
        return Err(damaged("the directory is longer than what it holds"));
    }
    Ok(directory)
}

/// Stands behind the format number of a directory whose checksum fits. The number comes first: a later format may end otherwise.
pub(super) fn open<'a>(bytes: &'a [u8], what: &str) -> Result<Reader<'a>, DamagedRecord> {
    if bytes.first().is_some_and(|format| *format > FORMAT) {
        let reason = format!("the {what} has format {}; this version reads up to {FORMAT}", bytes[0]);
        return Err(DamagedRecord::unsupported(reason));
    }
    let content = bytes
        .len()
        .checked_sub(CHECKSUM)
        .ok_or_else(|| damaged("the directory ends too early"))?;
    let (content, checksum) = bytes.split_at(content);
    if Sha256::digest(content)[..CHECKSUM] != *checksum {
        return Err(damaged("the checksum of the directory does not fit"));
    }
    let mut reader = Reader::new(content);
    if reader.byte()? != FORMAT {
        return Err(damaged("the directory has no format number"));
    }
    Ok(reader)
}

/// Reads the version of an event.
pub(super) fn read_version(reader: &mut Reader<'_>) -> Result<u64, DamagedRecord> {
    let version = reader.number()?;
    if (1..=MAX_SAFE_INTEGER).contains(&version) {
        Ok(version)
    } else {
        Err(damaged("an aggregate version is out of range"))
    }
}

/// Reads the length and the surplus of an event whose text begins at `offset`.
pub(super) fn read_extent(reader: &mut Reader<'_>, offset: usize) -> Result<(usize, usize), DamagedRecord> {
    let length = reader.length()?;
    let surplus = reader.length()?;
    // The separator after the event must be countable too, where a usize has 32 bits.
    let end = offset.checked_add(length).and_then(|end| end.checked_add(1));
    if length < 2 || surplus >= length || end.is_none() {
        return Err(damaged("the length of an event is out of range"));
    }
    Ok((length, surplus))
}

/// Whether an event can be cut out of the text: it ends inside no character, and only a comma stands before it.
pub(super) fn stands_apart(text: &str, offset: usize, length: usize) -> bool {
    text.get(offset..offset + length).is_some() && (offset == 0 || text.as_bytes()[offset - 1] == b',')
}

fn read_directory(reader: &mut Reader<'_>) -> Result<Box<Directory>, DamagedRecord> {
    let extensions = read_extensions(reader)?;
    let epoch = Epoch::from_bytes(reader.array()?);
    let link = Link::from_bytes(reader.array()?);
    let sequence_number = reader.number()?;
    if sequence_number > MAX_SAFE_INTEGER {
        return Err(damaged("a sequence number is too large"));
    }
    let mut directory = Box::new(Directory {
        before: Head {
            epoch,
            sequence_number,
            link,
        },
        aggregates: Vec::new(),
        event_types: Vec::new(),
        appends: Vec::new(),
        events: Vec::new(),
        has_unknown: extensions.any,
        has_unknown_critical: extensions.critical,
    });
    for _ in 0..reader.count()? {
        let id = AggregateId::parse(reader.text()?).map_err(|_| damaged("an aggregate id is malformed"))?;
        let aggregate_type =
            AggregateType::parse(reader.text()?).map_err(|_| damaged("an aggregate type is malformed"))?;
        directory.aggregates.push((id, aggregate_type));
    }
    for _ in 0..reader.count()? {
        directory
            .event_types
            .push(EventType::parse(reader.text()?).map_err(|_| damaged("an event type is malformed"))?);
    }
    let mut offset = 0;
    for _ in 0..reader.count()? {
        read_append(reader, &mut directory, &mut offset)?;
    }
    if directory.head().sequence_number > MAX_SAFE_INTEGER {
        return Err(damaged("a sequence number is too large"));
    }
    Ok(directory)
}

fn read_append(reader: &mut Reader<'_>, directory: &mut Directory, offset: &mut usize) -> Result<(), DamagedRecord> {
    let kind = match reader.byte()? {
        KIND_EVENTS => AppendKind::Events,
        KIND_EPOCH_CHANGE => AppendKind::EpochChange(Epoch::from_bytes(reader.array()?)),
        kind => {
            let reason = format!("an append has the unknown kind {kind}");
            return Err(DamagedRecord::unsupported(reason));
        }
    };
    let durability = match reader.byte()? {
        0 => Durability::Memory,
        1 => Durability::Relaxed,
        2 => Durability::Strict,
        3 => Durability::Remote,
        _ => return Err(damaged("an append has an unknown durability")),
    };
    let recorded_at = timestamp(i64::from_be_bytes(reader.array()?))?;
    let author = reader.count()?;
    reader.bytes(author)?;
    let extensions = read_extensions(reader)?;
    directory.has_unknown |= author > 0 || extensions.any;
    directory.has_unknown_critical |= extensions.critical;
    let link = Link::from_bytes(reader.array()?);
    let event_count = reader.count()?;
    if (event_count > 0) != (kind == AppendKind::Events) {
        return Err(damaged("the number of events does not fit the kind of the append"));
    }
    directory.appends.push(AppendEntry {
        kind,
        first_event: directory.events.len(),
        event_count,
        recorded_at,
        durability,
        link,
    });
    for _ in 0..event_count {
        let event = read_event(reader, directory, recorded_at, *offset)?;
        *offset = event.offset + event.length + 1;
        directory.events.push(event);
    }
    Ok(())
}

fn read_event(
    reader: &mut Reader<'_>,
    directory: &Directory,
    recorded_at: Timestamp,
    offset: usize,
) -> Result<EventEntry, DamagedRecord> {
    let aggregate = reader.length()?;
    let event_type = reader.length()?;
    if aggregate >= directory.aggregates.len() || event_type >= directory.event_types.len() {
        return Err(damaged(
            "an event names an aggregate or a type that the directory lacks",
        ));
    }
    let aggregate_version = read_version(reader)?;
    let id = EventId::from_bytes(reader.array()?);
    let digest = Digest::from_bytes(reader.array()?);
    let created_at = timestamp(recorded_at.millis().wrapping_add(unzigzag(reader.number()?)))?;
    let (length, surplus) = read_extent(reader, offset)?;
    match reader.byte()? {
        0 => {}
        format => {
            let reason = format!("a payload has the unknown format {format}");
            return Err(DamagedRecord::unsupported(reason));
        }
    }
    Ok(EventEntry {
        aggregate,
        event_type,
        aggregate_version,
        id,
        digest,
        created_at,
        offset,
        length,
        surplus,
    })
}

struct Extensions {
    any: bool,
    critical: bool,
}

/// Steps over a list of extensions. This version knows none.
fn read_extensions(reader: &mut Reader<'_>) -> Result<Extensions, DamagedRecord> {
    let count = reader.count()?;
    let mut critical = false;
    for _ in 0..count {
        // The lowest bit of an extension's number says whether a reader must know it.
        critical |= reader.number()? & 1 == 1;
        let length = reader.count()?;
        reader.bytes(length)?;
    }
    Ok(Extensions {
        any: count > 0,
        critical,
    })
}

fn timestamp(millis: i64) -> Result<Timestamp, DamagedRecord> {
    let timestamp = Timestamp::from_millis(millis);
    if timestamp.millis() == millis {
        Ok(timestamp)
    } else {
        Err(damaged("a time is out of range"))
    }
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}
