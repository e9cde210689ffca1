use super::port::Failure;
use crate::{
    core::record::DamagedRecord,
    storage::{StorageError, StorageErrorKind},
};

/// What can go wrong inside a transaction: the browser fails, or what is stored does not fit.
#[derive(Debug)]
pub(super) enum Trouble {
    Browser(Failure),
    Storage(StorageError),
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Browser(failure)
    }
}

impl From<wasm_bindgen::JsValue> for Trouble {
    fn from(thrown: wasm_bindgen::JsValue) -> Self {
        Self::Browser(Failure::from_js(thrown))
    }
}

impl From<StorageError> for Trouble {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

impl Trouble {
    /// A record near `sequence_number` that cannot be read.
    pub(super) fn damage(sequence_number: u64, damage: &DamagedRecord) -> Self {
        Self::Storage(damage_error(sequence_number, damage))
    }

    pub(super) fn into_storage_error(self) -> StorageError {
        match self {
            Self::Browser(failure) => failure.into_storage_error(None),
            Self::Storage(error) => error,
        }
    }
}

/// The error for a record near `sequence_number` that cannot be read.
pub(super) fn damage_error(sequence_number: u64, damage: &DamagedRecord) -> StorageError {
    if damage.unsupported {
        let message = format!("the record at sequence number {sequence_number} is of a newer version: {damage}");
        return StorageError {
            sequence_number: Some(sequence_number),
            ..StorageError::new(StorageErrorKind::UnsupportedFormat, message)
        };
    }
    StorageError::corrupted(
        sequence_number,
        format!("the record at sequence number {sequence_number} is damaged: {damage}"),
    )
}
