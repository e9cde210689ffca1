use crate::{
    core::{Head, record::Record},
    storage::{Storage, StorageError},
};

/// How much of the log is in memory at a time.
const PAGE_BYTES: usize = 4 << 20;

/// Reads the appends of a log page by page, each once.
pub(super) struct RecordWalk {
    after: Option<u64>,
    /// The place right after the last append given; a change of epoch stands at the same sequence number as what it follows.
    reached: Option<Head>,
}

/// A record of a page.
pub(super) struct Walked {
    pub(super) record: Record,
    /// How many of its appends were given before, in records that have been sealed into this one meanwhile.
    pub(super) given: usize,
}

impl RecordWalk {
    /// From the record that holds the event after this sequence number; for none from the log's beginning.
    pub(super) fn after(after: Option<u64>) -> Self {
        Self { after, reached: None }
    }

    /// The next records; none at the log's end.
    ///
    /// # Errors
    ///
    /// `storage_corrupted` if they do not continue what was given before: what is missing is not stepped over.
    pub(super) async fn page<S: Storage>(&mut self, storage: &S) -> Result<Vec<Walked>, StorageError> {
        let mut page = Vec::new();
        let mut records = storage
            .read_records(self.after, PAGE_BYTES)
            .await?
            .into_iter()
            .peekable();
        // Changes of epoch that were given stand in front of the one that was reached last.
        while let Some(reached) = self.reached
            && records.next_if(|record| given(record, &reached).is_none()).is_some()
        {
            if records.peek().is_none() {
                return Err(missing(reached.sequence_number + 1));
            }
        }
        for record in records {
            let given = match &self.reached {
                None if record.directory().before.sequence_number <= self.after.unwrap_or(0) => 0,
                None => return Err(missing(self.after.unwrap_or(0) + 1)),
                Some(reached) => given(&record, reached).ok_or_else(|| missing(reached.sequence_number + 1))?,
            };
            if given == record.directory().appends.len() {
                // The one that was reached, again: it stands in front of a page, and nowhere else.
                if !page.is_empty() {
                    return Err(missing(record.last_sequence_number() + 1));
                }
            } else {
                self.after = Some(record.last_sequence_number());
                self.reached = Some(record.directory().head());
                page.push(Walked { record, given });
            }
        }
        Ok(page)
    }
}

/// How many appends of a record lead to a place; none if it does not hold the place.
fn given(record: &Record, reached: &Head) -> Option<usize> {
    let directory = record.directory();
    (0..=directory.appends.len()).find(|count| directory.head_after(*count) == *reached)
}

fn missing(sequence_number: u64) -> StorageError {
    let reason =
        format!("the record at sequence number {sequence_number} is missing or is not the one that was written");
    StorageError::corrupted(sequence_number, reason)
}
