//! The object stores, their keys and what is written when a log is created. `docs/storage-format.md` describes them.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{IdbDatabase, IdbTransaction};

use super::port::{array, bytes, get, object, string};
use crate::core::{
    AggregateId, EventId, EventType, ReducerIdentity,
    record::{DamagedRecord, Record},
};

pub(super) const META: &str = "meta";
pub(super) const COMMITS: &str = "commits";
pub(super) const SEGMENTS: &str = "segments";
pub(super) const BY_AGGREGATE: &str = "by_aggregate";
pub(super) const BY_TYPE: &str = "by_type";
pub(super) const IDS: &str = "ids";
pub(super) const SEG_IDS: &str = "seg_ids";
pub(super) const SNAPSHOTS: &str = "snapshots";
pub(super) const CHECKPOINTS: &str = "checkpoints";

/// All stores that this and later versions need: one can only be added by an upgrade that closes the tabs that are open.
const STORES: [&str; 12] = [
    META,
    COMMITS,
    SEGMENTS,
    BY_AGGREGATE,
    BY_TYPE,
    IDS,
    SEG_IDS,
    SNAPSHOTS,
    CHECKPOINTS,
    "projections",
    "outbox",
    "keys",
];

/// The format number of the layout, kept in `meta`.
pub(super) const FORMAT: f64 = 1.0;
/// Key in `meta`: the format number.
pub(super) const META_FORMAT: &str = "format";
/// Key in `meta`: how far the log is sealed.
pub(super) const META_SEALED: &str = "sealed";

/// Creates the stores of a new log and writes its first record, all in the transaction that creates the database.
pub(super) fn create(database: &IdbDatabase, transaction: &IdbTransaction, genesis: &Record) -> Result<(), JsValue> {
    for store in STORES {
        database.create_object_store(store)?;
    }
    transaction
        .object_store(META)?
        .put_with_key(&FORMAT.into(), &META_FORMAT.into())?;
    transaction
        .object_store(COMMITS)?
        .put_with_key(&record_value(genesis), &record_key(genesis))?;
    Ok(())
}

/// Whether the database has every store of this layout.
pub(super) fn is_complete(database: &IdbDatabase) -> bool {
    let names = database.object_store_names();
    STORES.iter().all(|store| names.contains(store))
}

/// A record as it is stored in `commits` and `segments`.
pub(super) fn record_value(record: &Record) -> JsValue {
    object([
        ("f", key(record.first_sequence_number())),
        ("x", bytes(&record.encode_directory())),
        ("t", JsValue::from_str(record.text())),
    ])
}

/// Reads what [`record_value`] gives.
pub(super) fn read_record(value: &JsValue) -> Result<Record, DamagedRecord> {
    let damaged = |reason: &str| DamagedRecord {
        reason: reason.to_owned(),
        unsupported: false,
    };
    let directory = get(value, "x");
    if !directory.is_instance_of::<js_sys::Uint8Array>() {
        return Err(damaged("the record has no directory"));
    }
    let text = string(&get(value, "t")).ok_or_else(|| damaged("the record has no text"))?;
    Record::decode(&js_sys::Uint8Array::new(&directory).to_vec(), text)
}

/// The key of a record: its last sequence number; for a mere epoch change half a step more, so that it too is seen at the end.
pub(super) fn record_key(record: &Record) -> JsValue {
    let last = record.last_sequence_number();
    let is_epoch_change = record.directory().events.is_empty() && last > 0;
    if is_epoch_change {
        JsValue::from_f64(as_f64(last) + 0.5)
    } else {
        key(last)
    }
}

/// A sequence number as a key.
pub(super) fn key(sequence_number: u64) -> JsValue {
    JsValue::from_f64(as_f64(sequence_number))
}

/// A sequence number, or [`MAX_SAFE_INTEGER`](crate::core::MAX_SAFE_INTEGER) at most, as a number of JavaScript.
#[expect(clippy::cast_precision_loss, reason = "sequence numbers stay at or below 2^53 - 1")]
pub(super) fn as_f64(number: u64) -> f64 {
    number as f64
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

/// The key of a segment's sorted time-ordered ids: smallest, largest, last sequence number.
pub(super) fn id_range_key(smallest: EventId, largest: EventId, last_sequence_number: u64) -> String {
    format!("{smallest}{largest}{}", base36(last_sequence_number))
}

/// Smallest id, largest id and last sequence number from a key in `seg_ids`.
pub(super) fn read_id_range_key(key: &str) -> Option<(EventId, EventId, u64)> {
    let smallest = EventId::parse(key.get(..36)?).ok()?;
    let largest = EventId::parse(key.get(36..72)?).ok()?;
    Some((smallest, largest, u64::from_str_radix(key.get(72..)?, 36).ok()?))
}

/// The key of a snapshot.
pub(super) fn snapshot_key(id: &AggregateId, reducer: &ReducerIdentity) -> String {
    format!("{id}\0{reducer}")
}

/// The strings of an array of keys.
pub(super) fn string_keys(keys: JsValue) -> Vec<String> {
    array(keys).iter().filter_map(|key| key.as_string()).collect()
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
