use crate::{
    core::{Head, record::Record},
    storage::{Storage, StorageError},
};

/// How much of the log is in memory at a time.
const PAGE_BYTES: usize = 4 << 20;

/// Reads the records of a log page by page, each once.
pub(super) struct RecordWalk {
    after: Option<u64>,
    /// The place right after the last record given; a change of epoch stands at the same sequence number as what it follows.
    reached: Option<Head>,
}

impl RecordWalk {
    /// From the record that holds the event after this sequence number; for none from the log's beginning.
    pub(super) fn after(after: Option<u64>) -> Self {
        Self { after, reached: None }
    }

    /// The next records; none at the log's end.
    pub(super) async fn page<S: Storage>(&mut self, storage: &S) -> Result<Vec<Record>, StorageError> {
        let mut records = storage.read_records(self.after, PAGE_BYTES).await?;
        let seen = records
            .iter()
            .position(|record| Some(record.directory().head()) == self.reached);
        records.drain(..seen.map_or(0, |seen| seen + 1));
        self.check_order(&records)?;
        if let Some(last) = records.last() {
            let number = last.last_sequence_number();
            if self.after.is_some_and(|after| number < after) {
                return Err(StorageError::corrupted(
                    number,
                    "the records of the log do not go forward",
                ));
            }
            self.after = Some(number);
            self.reached = Some(last.directory().head());
        }
        Ok(records)
    }

    /// Each record continues the one before; what is missing is not stepped over.
    fn check_order(&self, records: &[Record]) -> Result<(), StorageError> {
        let mut reached = self.reached;
        for record in records {
            let before = record.directory().before;
            let continues = match reached {
                Some(reached) => before == reached,
                None => before.sequence_number <= self.after.unwrap_or(0),
            };
            if !continues {
                let next = reached.map_or(self.after.unwrap_or(0), |reached| reached.sequence_number) + 1;
                let reason =
                    format!("the record at sequence number {next} is missing or is not the one that was written");
                return Err(StorageError::corrupted(next, reason));
            }
            reached = Some(record.directory().head());
        }
        Ok(())
    }
}
