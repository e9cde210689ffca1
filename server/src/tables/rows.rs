use std::time::{Duration, SystemTime, UNIX_EPOCH};

use foldlog::{
    core::{Timestamp, append::Durability},
    storage::StorageError,
};
use tokio_postgres::Row;
use uuid::Uuid;

/// A number as a `bigint`; the log's own numbers all fit.
pub(crate) fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// The number in a `bigint` column; none is negative.
pub(crate) fn number_of(row: &Row, column: &str) -> u64 {
    from_number(row.get(column))
}

/// The number that a `bigint` holds; none is negative.
pub(crate) fn from_number(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

/// A moment as a `timestamptz`, exact in its microseconds.
pub(crate) fn time(at: Timestamp) -> SystemTime {
    let distance = Duration::from_millis(at.millis().unsigned_abs());
    if at.millis() < 0 {
        UNIX_EPOCH - distance
    } else {
        UNIX_EPOCH + distance
    }
}

/// The moment in a `timestamptz` column.
pub(crate) fn time_of(row: &Row, column: &str) -> Timestamp {
    let millis = match row.get::<_, SystemTime>(column).duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_millis()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |millis| -millis),
    };
    Timestamp::from_millis(millis)
}

/// The 16 bytes of an id as a `uuid`.
pub(crate) fn uuid(bytes: &[u8; 16]) -> Uuid {
    Uuid::from_bytes(*bytes)
}

/// The bytes of a hash; the tables hold no other length.
pub(crate) fn array<const N: usize>(row: &Row, column: &str) -> [u8; N] {
    row.get::<_, &[u8]>(column).try_into().unwrap_or([0; N])
}

/// What an append had reached when it was stored.
pub(crate) fn durability_of(row: &Row) -> Durability {
    match row.get::<_, i16>("durability") {
        0 => Durability::Memory,
        1 => Durability::Relaxed,
        2 => Durability::Strict,
        _ => Durability::Remote,
    }
}

/// A text of the vocabulary; what is stored and is none of it is damage.
pub(crate) fn parsed<T, E>(parsed: Result<T, E>, sequence_number: u64, column: &str) -> Result<T, StorageError> {
    parsed.map_err(|_| StorageError::corrupted(sequence_number, format!("its {column} is none")))
}
