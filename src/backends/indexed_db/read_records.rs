//! Reading whole records, for verification.

use js_sys::Array;

use super::{
    log::Log,
    port::{Transaction, as_f64},
    schema,
    tip_loader::decode_records,
    trouble::missing,
    work::Work,
};
use crate::{
    core::{MAX_SAFE_INTEGER, record::Record},
    storage::StorageError,
};

/// Reads whole records that follow a position, until about as many bytes are read.
pub(super) struct WholeRecords {
    position: f64,
    /// The last sequence number read.
    after: u64,
    room: usize,
    records: Vec<Record>,
}

impl WholeRecords {
    pub(super) fn new(after: Option<u64>, bytes: usize) -> Self {
        Self {
            // Before sequence number 0 stands nothing: the record that begins the log comes first.
            position: after.map_or(-1.0, |after| as_f64(after.min(MAX_SAFE_INTEGER))),
            after: after.unwrap_or(0),
            room: bytes,
            records: Vec::new(),
        }
    }

    /// The records, when the work is done.
    pub(super) fn into_records(self) -> Vec<Record> {
        self.records
    }
}

impl Work for WholeRecords {
    fn next(&mut self, _: &Log) -> Result<Option<Transaction>, StorageError> {
        // A key that no log has: the tail comes as it is stored.
        Ok((self.room > 0).then(|| Transaction::scan(self.position, 1, -1.0)))
    }

    fn take(&mut self, log: &Log, answer: &Array) -> Result<(), StorageError> {
        let after = self.after;
        let (mut read, mut damage) = decode_records(answer.get(0), after);
        let is_tail = read.is_empty() && damage.is_none();
        if is_tail {
            (read, damage) = decode_records(answer.get(1), after);
            if read.is_empty() && log.lacks_tail() {
                damage.get_or_insert_with(|| missing(after + 1));
            }
        }
        for record in read {
            if self.room == 0 {
                break;
            }
            self.room = self.room.saturating_sub(record.text().len());
            self.position = schema::record_key(&record, self.position);
            self.after = record.last_sequence_number();
            self.records.push(record);
        }
        // What can be read before it comes first.
        if let Some(damage) = damage {
            if self.records.is_empty() {
                return Err(damage);
            }
            self.room = 0;
        }
        if is_tail {
            self.room = 0;
        }
        Ok(())
    }
}
