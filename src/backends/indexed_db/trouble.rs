use crate::{
    core::record::DamagedRecord,
    storage::{StorageError, StorageErrorKind},
};

/// The error for a record or copy near `sequence_number` that cannot be read.
pub(super) fn damage_error(sequence_number: u64, damage: &DamagedRecord) -> StorageError {
    if damage.unsupported {
        let message = format!("the record at sequence number {sequence_number} is of a newer version: {damage}");
        return StorageError::new(StorageErrorKind::UnsupportedFormat, message).at(sequence_number);
    }
    StorageError::corrupted(
        sequence_number,
        format!("the record at sequence number {sequence_number} is damaged: {damage}"),
    )
}

/// The error for a sequence number that no record holds.
pub(super) fn missing(sequence_number: u64) -> StorageError {
    StorageError::corrupted(
        sequence_number,
        format!("sequence number {sequence_number} is missing from the log"),
    )
}
