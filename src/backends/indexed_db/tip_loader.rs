//! Reading the tip: when the log is opened, and whenever it may have moved.

use js_sys::Array;
use wasm_bindgen::JsValue;

use super::{
    port::{array, number},
    schema,
    sealed::Sealed,
    tip::Tip,
};
use crate::{
    core::{Head, record::Record},
    storage::{StorageError, StorageErrorKind},
};

/// What a transaction read of a tip: how far the log is sealed, and the unsealed records from some key on.
pub(super) struct ReadTip {
    pub(super) sealed: Option<Sealed>,
    pub(super) records: Vec<Record>,
    /// Whether the log takes imports only.
    pub(super) is_mirror: bool,
    /// What could not be read: right after the records, or beside them.
    damage: Option<StorageError>,
}

impl ReadTip {
    /// Reads the answer of `readTip`; whatever is damaged is an error.
    pub(super) fn sound(answer: JsValue) -> Result<Self, StorageError> {
        let mut read = Self::from_js(answer)?;
        match read.damage.take() {
            Some(damage) => Err(damage),
            None => Ok(read),
        }
    }

    /// Reads the answer of `readTip`, up to a record that is damaged. What stands beside the records is not needed to read them.
    pub(super) fn from_js(answer: JsValue) -> Result<Self, StorageError> {
        let answer = array(answer);
        let format = number(&answer.get(0));
        if let Some(format) = format.filter(|format| *format != 1) {
            let message = format!("the log has layout {format}; this version reads 1: use a newer version");
            return Err(StorageError::new(StorageErrorKind::UnsupportedFormat, message));
        }
        let note = answer.get(1);
        let sealed = Sealed::read(&note);
        let is_damaged = format.is_none() || sealed.is_none() && !note.is_undefined();
        let (mut records, mut damage) = decode_records(answer.get(2), sealed.map_or(0, |sealed| sealed.to));
        if let Some(misplaced) = first_misplaced(&records, &array(answer.get(4))) {
            // An append would come to stand before it, or where it stands.
            let at = records[misplaced].first_sequence_number();
            damage = Some(StorageError::corrupted(
                at,
                format!("the record at sequence number {at} does not stand where it belongs"),
            ));
            records.truncate(misplaced);
        }
        Ok(Self {
            sealed,
            records,
            damage: damage.or_else(|| is_damaged.then(|| meta_damage(0))),
            // Whatever stands there: a log that takes imports only by mistake is not harmed.
            is_mirror: !answer.get(3).is_undefined(),
        })
    }

    /// The tip of a log that was read from its beginning; how long the log is does not matter.
    pub(super) fn into_tip(self) -> Result<Tip, StorageError> {
        match self.into_tip_up_to_damage() {
            (Some(tip), None) => Ok(tip),
            (_, damage) => Err(damage.unwrap_or_else(|| out_of_order(1))),
        }
    }

    /// As much of the tip as can be read, and why the rest cannot; no tip if not even its first record can.
    pub(super) fn into_tip_up_to_damage(mut self) -> (Option<Tip>, Option<StorageError>) {
        let first = self.records.first().map_or(1, Record::first_sequence_number);
        if self.sealed.is_none() && first > 1 {
            self.sealed = Some(Sealed::before(first));
            self.damage.get_or_insert_with(|| meta_damage(first - 1));
        }
        let begins = self.sealed.map_or(0, |sealed| sealed.to) + 1;
        let mut records = self.records.into_iter();
        let first = records.next().filter(|first| first.first_sequence_number() == begins);
        let Some(mut tip) = first.and_then(|first| Tip::new(self.sealed, first)) else {
            return (None, Some(self.damage.unwrap_or_else(|| out_of_order(begins))));
        };
        for record in records {
            let next = tip.head().sequence_number + 1;
            if !tip.push(record) {
                return (Some(tip), Some(out_of_order(next)));
            }
        }
        (Some(tip), self.damage)
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

/// The first of the unsealed records that does not stand under its key.
fn first_misplaced(records: &[Record], keys: &Array) -> Option<usize> {
    let mut previous = 0.0;
    records.iter().zip(keys.iter()).position(|(record, key)| {
        previous = schema::record_key(record, previous);
        key.as_f64() != Some(previous)
    })
}

/// Reads an array of stored records that should follow `after`; whatever is damaged is an error.
pub(super) fn read_records(values: JsValue, after: u64) -> Result<Vec<Record>, StorageError> {
    match decode_records(values, after) {
        (_, Some(damage)) => Err(damage),
        (records, None) => Ok(records),
    }
}

/// Reads an array of stored records that should follow `after`, up to one that is damaged.
pub(super) fn decode_records(values: JsValue, after: u64) -> (Vec<Record>, Option<StorageError>) {
    let values = array(values);
    let mut records: Vec<Record> = Vec::new();
    for index in 0..values.length() {
        let after = records.last().map_or(after, Record::last_sequence_number);
        match schema::read_record(&values.get(index), after) {
            Ok(record) => records.push(record),
            Err(damage) => return (records, Some(damage)),
        }
    }
    (records, None)
}

fn meta_damage(sequence_number: u64) -> StorageError {
    StorageError::corrupted(
        sequence_number,
        "the format number, or the note of what is sealed, is damaged or missing",
    )
}

fn out_of_order(sequence_number: u64) -> StorageError {
    StorageError::corrupted(
        sequence_number,
        "the newest appends are missing or do not follow each other",
    )
}

/// The error for a log that has lost the head that this tab knows.
pub(super) fn lost(head: Head) -> StorageError {
    let message = format!(
        "the log no longer holds sequence number {} with the link that it had: the browser lost data or another profile was put in its place",
        head.sequence_number
    );
    StorageError::corrupted(head.sequence_number, message)
}
