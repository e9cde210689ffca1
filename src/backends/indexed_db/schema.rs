//! What is written into the object stores, and under which keys; `port.js` names the stores. `docs/storage-format.md` describes them.

use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue};

use super::{
    port::{as_f64, bytes, get, number, object, string},
    trouble::damage_error,
};
use crate::{
    core::{
        AggregateId, EventId, EventType, ReducerIdentity,
        record::{DamagedRecord, Excerpt, Record, checksum},
    },
    storage::StorageError,
};

pub(super) const SEGMENTS: &str = "segments";
pub(super) const BY_AGGREGATE: &str = "by_aggregate";
pub(super) const BY_TYPE: &str = "by_type";
pub(super) const IDS: &str = "ids";
pub(super) const SEG_IDS: &str = "seg_ids";
pub(super) const SNAPSHOTS: &str = "snapshots";
pub(super) const CHECKPOINTS: &str = "checkpoints";

/// The format number of the layout, kept in `meta`.
pub(super) const FORMAT: f64 = 1.0;

/// A record as it is stored in `commits` and `segments`.
pub(super) fn record_value(record: &Record) -> JsValue {
    object(&[
        ("f", as_f64(record.first_sequence_number()).into()),
        ("x", bytes(&record.encode_directory())),
        ("t", JsValue::from_str(record.text())),
    ])
}

/// Reads what [`record_value`] gives; it should follow `after`.
pub(super) fn read_record(value: &JsValue, after: u64) -> Result<Record, StorageError> {
    let at = number(&get(value, "f")).unwrap_or(after + 1);
    let (directory, text) = parts(value).map_err(|damage| damage_error(at, &damage))?;
    let record = Record::decode(&directory, text).map_err(|damage| damage_error(at, &damage))?;
    let first = record.first_sequence_number();
    if at != first {
        let damage = DamagedRecord::new(format!("it is said to begin at {at}"));
        return Err(damage_error(first, &damage));
    }
    Ok(record)
}

/// A copy of some events as it is stored in `by_aggregate` and `by_type`.
pub(super) fn excerpt_value(excerpt: &Excerpt) -> JsValue {
    object(&[
        ("x", bytes(&excerpt.encode_directory())),
        ("t", JsValue::from_str(excerpt.text())),
    ])
}

/// Reads what [`excerpt_value`] gives; `at` is a sequence number near it.
pub(super) fn read_excerpt(value: &JsValue, at: u64) -> Result<Excerpt, StorageError> {
    let (directory, text) = parts(value).map_err(|damage| damage_error(at, &damage))?;
    Excerpt::decode(&directory, text).map_err(|damage| damage_error(at, &damage))
}

fn parts(value: &JsValue) -> Result<(Vec<u8>, String), DamagedRecord> {
    let directory = get(value, "x")
        .dyn_into::<Uint8Array>()
        .map_err(|_| DamagedRecord::new("it has no directory"))?;
    let text = string(&get(value, "t")).ok_or_else(|| DamagedRecord::new("it has no text"))?;
    Ok((directory.to_vec(), text))
}

/// The key of a record that follows the one with the key `previous`: its last sequence number. For a mere change of epoch it is halfway
/// to the next one, so that it too is seen at the end.
pub(super) fn record_key(record: &Record, previous: f64) -> f64 {
    let last = as_f64(record.last_sequence_number());
    if is_epoch_change(record) {
        f64::midpoint(previous.max(last), last + 1.0)
    } else {
        last
    }
}

/// Whether a record holds changes of epoch and nothing else; genesis is another matter.
pub(super) fn is_epoch_change(record: &Record) -> bool {
    record.directory().events.is_empty() && record.last_sequence_number() > 0
}

/// The keys of an aggregate's copies begin with this; no id contains NUL.
pub(super) fn aggregate_prefix(id: &AggregateId) -> String {
    format!("{id}\0")
}

/// The key of a copy in `by_aggregate`: the type in it, so that version and type are read from a key alone.
pub(super) fn aggregate_key(id: &AggregateId, last_version: u64, aggregate_type: &str) -> String {
    format!("{id}\0{}\0{aggregate_type}", base36(last_version))
}

/// Version and type from a key in `by_aggregate`.
pub(super) fn read_aggregate_key(key: &str) -> Option<(u64, &str)> {
    let mut parts = key.split('\0').skip(1);
    let version = u64::from_str_radix(parts.next()?, 36).ok()?;
    Some((version, parts.next()?))
}

/// The key of a copy in `by_type`.
pub(super) fn type_key(event_type: &EventType, last_sequence_number: u64) -> String {
    format!("{event_type}\0{}", base36(last_sequence_number))
}

/// The last sequence number from a key in `by_type`.
pub(super) fn read_type_key(key: &str) -> Option<u64> {
    u64::from_str_radix(key.rsplit('\0').next()?, 36).ok()
}

/// The key of a segment's sorted time-ordered ids: smallest, largest, last sequence number, and a checksum of these and of the ids.
pub(super) fn id_range_key(smallest: EventId, largest: EventId, last_sequence_number: u64, ids: &[u8]) -> String {
    let range = format!("{smallest}{largest}{}", base36(last_sequence_number));
    let sum = checksum(&range, ids);
    format!("{range}{sum}")
}

/// The key of a snapshot.
pub(super) fn snapshot_key(id: &AggregateId, reducer: &ReducerIdentity) -> String {
    format!("{id}\0{reducer}")
}

/// A number in eleven digits of base 36, which sort as the numbers do up to 2^53.
pub(super) fn base36(mut number: u64) -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut text = [b'0'; 11];
    for digit in text.iter_mut().rev() {
        *digit = DIGITS[usize::try_from(number % 36).unwrap_or(0)];
        number /= 36;
    }
    text.iter().map(|digit| char::from(*digit)).collect()
}
