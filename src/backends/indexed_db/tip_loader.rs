//! Reading the tip: when the log is opened, and whenever it may have moved.

use wasm_bindgen::JsValue;

use super::{
    port::{array, get, number, string},
    schema,
    tip::{Sealed, Tip},
};
use crate::{
    core::{EventId, Head, record::Record},
    storage::{StorageError, StorageErrorKind},
};

/// What a transaction read of a tip: how far the log is sealed, and the unsealed records from some key on.
pub(super) struct ReadTip {
    pub(super) sealed: Option<Sealed>,
    pub(super) records: Vec<Record>,
}

impl ReadTip {
    /// Reads the answer of `readTip`.
    pub(super) fn from_js(answer: JsValue) -> Result<Self, StorageError> {
        let answer = array(answer);
        match number(&answer.get(0)) {
            Some(1) => {}
            Some(format) => {
                let message = format!("the log has layout {format}; this version reads 1: use a newer version");
                return Err(StorageError::new(StorageErrorKind::UnsupportedFormat, message));
            }
            None => return Err(StorageError::corrupted(0, "the log has no format number")),
        }
        Ok(Self {
            sealed: read_sealed(&answer.get(1))?,
            records: read_records(answer.get(2))?,
        })
    }

    /// The tip of a log that was read from its beginning; how long the log is does not matter.
    pub(super) fn into_tip(self) -> Result<Tip, StorageError> {
        let begins = self.sealed.map_or(0, |sealed| sealed.to) + 1;
        let follows = self
            .records
            .first()
            .is_some_and(|first| first.first_sequence_number() == begins);
        Tip::new(self.sealed, self.records).filter(|_| follows).ok_or_else(|| {
            StorageError::corrupted(begins, "the newest appends are missing or do not follow each other")
        })
    }

    /// The records after `head`; none if what was read does not hold it.
    pub(super) fn records_after(mut self, head: Head) -> Option<(Vec<Record>, Option<Sealed>)> {
        let known = self
            .records
            .iter()
            .position(|record| record.directory().head() == head)?;
        Some((self.records.split_off(known + 1), self.sealed))
    }
}

/// Reads a note of how far the log is sealed.
pub(super) fn read_sealed(value: &JsValue) -> Result<Option<Sealed>, StorageError> {
    if value.is_undefined() {
        return Ok(None);
    }
    let damaged = || StorageError::corrupted(0, "the note of what is sealed is damaged");
    let to = number(&get(value, "to")).ok_or_else(damaged)?;
    let largest_id = get(value, "largestId");
    let largest_id = if largest_id.is_undefined() {
        None
    } else {
        let id = string(&largest_id).and_then(|id| EventId::parse(&id).ok());
        Some(id.ok_or_else(damaged)?)
    };
    Ok(Some(Sealed { to, largest_id }))
}

/// Reads an array of stored records.
pub(super) fn read_records(values: JsValue) -> Result<Vec<Record>, StorageError> {
    let values = array(values);
    let mut records = Vec::new();
    for index in 0..values.length() {
        records.push(schema::read_record(&values.get(index))?);
    }
    Ok(records)
}

/// The error for a log that has lost the head that this tab knows.
pub(super) fn lost(head: Head) -> StorageError {
    let message = format!(
        "the log no longer holds sequence number {} with the link that it had: the browser lost data or another profile was put in its place",
        head.sequence_number
    );
    StorageError::corrupted(head.sequence_number, message)
}
