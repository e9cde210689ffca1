use super::{
    EventStore, place,
    walk::{RecordWalk, Walked},
};
use crate::{
    core::{
        Head,
        export::{write_export_end, write_export_entry, write_export_header},
    },
    storage::{Storage, StorageError, StorageErrorKind},
};

/// An export under way: the log as JSON Lines, one line an append, page by page.
pub struct Export<S> {
    store: EventStore<S>,
    walk: RecordWalk,
    after: u64,
    to: u64,
    state: State,
}

enum State {
    Header,
    /// The place up to which lines were written.
    Entries(Head),
    Ended,
}

impl<S: Storage> EventStore<S> {
    /// Exports the appends with an event after `after` and none after `to`, byte for byte as they are stored, with the links that prove them.
    ///
    /// What is appended meanwhile may or may not be included. `docs/export-format.md` describes the lines.
    pub fn export(&self, after: u64, to: Option<u64>) -> Export<S> {
        Export {
            store: self.clone(),
            walk: RecordWalk::after(after.checked_sub(1)),
            after,
            to: to.unwrap_or(u64::MAX),
            state: State::Header,
        }
    }
}

impl<S: Storage> Export<S> {
    /// The next lines, each with its line break; none at the end.
    ///
    /// # Errors
    ///
    /// [`StorageError`] if the storage fails: `log_rewound` if the log ends before `after`, `storage_corrupted` with the place of what
    /// is damaged, `unsupported_format` for an append that only a newer version can export.
    pub async fn page(&mut self) -> Result<Option<String>, StorageError> {
        if matches!(self.state, State::Ended) {
            return Ok(None);
        }
        let mut lines = String::new();
        // A page may hold nothing that is wanted.
        while lines.is_empty() {
            let records = match self.walk.page(&*self.store.storage).await {
                // What is damaged behind the end is not asked for.
                Err(error) if error.sequence_number.is_some_and(|damaged| damaged > self.to) => Vec::new(),
                records => records?,
            };
            let mut is_over = records.is_empty();
            for walked in &records {
                is_over |= !self.write(&mut lines, walked)?;
                if is_over {
                    break;
                }
            }
            if is_over {
                self.end(&mut lines).await?;
            }
        }
        Ok(Some(lines))
    }

    /// Writes what is wanted of a record; false if the rest of the log is not.
    fn write(&mut self, lines: &mut String, Walked { record, given }: &Walked) -> Result<bool, StorageError> {
        let directory = record.directory();
        for (index, append) in directory.appends.iter().enumerate().skip(*given) {
            let (before, after) = (directory.head_after(index), directory.head_after(index + 1));
            if after.sequence_number > self.to {
                return Ok(false);
            }
            let is_change_here = append.event_count == 0 && after.sequence_number == self.after;
            if after.sequence_number <= self.after && !is_change_here {
                continue;
            }
            if directory.has_unknown {
                let reason = "the append holds something that only a newer version can export";
                return Err(StorageError::new(StorageErrorKind::UnsupportedFormat, reason).at(after.sequence_number));
            }
            if matches!(self.state, State::Header) {
                let begins = before.sequence_number == 0 && append.event_count == 0 && self.after == 0;
                write_export_header(lines, (!begins).then_some(&before));
            }
            write_export_entry(lines, record, index);
            self.state = State::Entries(after);
        }
        Ok(true)
    }

    async fn end(&mut self, lines: &mut String) -> Result<(), StorageError> {
        let end = if let State::Entries(end) = self.state {
            end
        } else {
            let here = place::of(&*self.store.storage, self.after).await?;
            let here = here.ok_or_else(|| place::rewound(self.after))?;
            write_export_header(lines, Some(&here));
            here
        };
        write_export_end(lines, &end);
        self.state = State::Ended;
        Ok(())
    }
}
