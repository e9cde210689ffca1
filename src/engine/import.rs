use std::{error::Error, fmt};

use super::{EventStore, walk::RecordWalk};
use crate::{
    core::{
        EventId, Head, InvalidInput, Link, Timestamp,
        append::{Durability, epoch_link},
        export::{ExportEntry, ExportItem, ExportReader},
        record::RecordBuilder,
    },
    storage::{self, ImportRequest, ImportStep, Storage, StorageError, StorageErrorKind},
};

/// Appends are stored in records of about so many events or bytes.
const RECORD_EVENTS: usize = 1_000;
const RECORD_BYTES: usize = 512 << 10;
/// After so many lines that the log seems to hold already, it is asked whether it does.
const LINES_UNPROVED: usize = 1_000;

/// An import under way: takes an export line by line.
pub struct Import<S> {
    store: EventStore<S>,
    reader: ExportReader,
    head: Head,
    joined: Joined,
    pending: Option<(RecordBuilder, usize)>,
    /// Appends that the log seems to hold already: an event's id, its first sequence number, and the place after it.
    unproved: Vec<(EventId, u64, Head)>,
    progress: ImportProgress,
}

/// How what is read stands to the log.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Joined {
    /// It has not come to the log's end yet.
    NotYet,
    /// It has: what comes next is new.
    Yes,
    /// It begins a log in the place of this one, which has no events.
    Begins,
}

/// How far an import has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportProgress {
    /// Events that were stored.
    pub imported: u64,
    /// Events that the log held already.
    pub skipped: u64,
    /// Where the log ends.
    pub head: Head,
}

/// Why an import failed. What was stored before stays; importing the same export again goes on from there.
#[derive(Debug)]
pub enum ImportError {
    /// The export is malformed, altered or incomplete; names the line.
    Invalid(InvalidInput),
    /// The storage failed, or the log has another history than the export: `log_diverged` with the first sequence number that differs.
    Storage(StorageError),
}

impl<S: Storage> EventStore<S> {
    /// Begins to import what [`EventStore::export`] wrote.
    ///
    /// Into a log without events it is a restore: every link is kept, then a new epoch begins, since the log may exist elsewhere. Into
    /// any other log it stores what continues that log's chain. What the log holds already is proved to be the same and left alone, so
    /// that an import can be repeated. Nothing is ever deleted.
    ///
    /// # Errors
    ///
    /// [`StorageError`] if the storage fails.
    pub async fn import(&self) -> Result<Import<S>, StorageError> {
        let head = self.head().await?;
        Ok(Import {
            store: self.clone(),
            reader: ExportReader::new(),
            head,
            joined: Joined::NotYet,
            pending: None,
            unproved: Vec::new(),
            progress: ImportProgress {
                imported: 0,
                skipped: 0,
                head,
            },
        })
    }
}

impl<S: Storage> Import<S> {
    /// Takes the next line, without its line break, and stores what is complete.
    ///
    /// # Errors
    ///
    /// [`ImportError`]; then the import is over.
    pub async fn push(&mut self, line: &str) -> Result<(), ImportError> {
        match self.reader.read(line)? {
            ExportItem::Header(after) => self.begin(after),
            ExportItem::Entry(entry) => self.take(&entry).await,
            // What is left is stored when it is sure that nothing follows.
            ExportItem::End(_) => Ok(()),
            ExportItem::Unsupported(format) => {
                let message = format!("the export has format {format}; this version reads 1: use a newer version");
                Err(StorageError::new(StorageErrorKind::UnsupportedFormat, message).into())
            }
        }
    }

    /// How far it has come; events that are read but not stored yet do not count.
    pub fn progress(&self) -> ImportProgress {
        self.progress
    }

    /// Ends the import. A restored log begins a new epoch and takes appends from then on; with `as_mirror` it stays a mirror, which takes
    /// further imports only.
    ///
    /// # Errors
    ///
    /// [`ImportError::Invalid`] if the last line of the export has not come: what was stored is then an unfinished restore.
    pub async fn finish(mut self, as_mirror: bool) -> Result<ImportProgress, ImportError> {
        if self.reader.end().is_none() {
            let field = format!("line {}", self.reader.lines() + 1);
            return Err(InvalidInput::argument(field, "is missing: the export is incomplete").into());
        }
        self.prove().await?;
        self.flush().await?;
        if !as_mirror && self.progress.head.sequence_number > 0 {
            let before = self.progress.head;
            let last = self.last_recorded_at().await?;
            let (epoch, now) = (self.store.environment.mint_epoch(), self.store.environment.now());
            let now = last.map_or(now, |last| last.max(now));
            let mut builder = RecordBuilder::after(&before);
            builder.change_epoch(epoch, now, Durability::Memory, epoch_link(epoch, &before, now));
            self.store_record(builder, ImportStep::Finish).await?;
        }
        Ok(self.progress)
    }

    async fn last_recorded_at(&self) -> Result<Option<Timestamp>, StorageError> {
        let mut walk = RecordWalk::after(self.progress.head.sequence_number.checked_sub(1));
        let mut last = None;
        loop {
            let records = walk.page(&*self.store.storage).await?;
            let Some(walked) = records.last() else { return Ok(last) };
            last = walked.record.directory().last_recorded_at();
        }
    }

    fn begin(&mut self, after: Option<Head>) -> Result<(), ImportError> {
        let Some(after) = after else { return Ok(()) };
        if after.sequence_number > self.head.sequence_number {
            let message = format!(
                "the export begins after sequence number {}, the log ends at {}: import what is between first",
                after.sequence_number, self.head.sequence_number
            );
            return Err(diverged(self.head.sequence_number + 1, message).into());
        }
        if after == self.head {
            self.joined = Joined::Yes;
        }
        Ok(())
    }

    async fn take(&mut self, entry: &ExportEntry) -> Result<(), ImportError> {
        if self.joined == Joined::NotYet {
            if self.begins_anew(entry) {
                self.joined = Joined::Begins;
            } else if entry.after.sequence_number <= self.head.sequence_number {
                return self.skip(entry).await;
            } else {
                self.prove().await?;
                let message = format!(
                    "the export does not continue the log's place at sequence number {}",
                    self.head.sequence_number
                );
                return Err(diverged(self.head.sequence_number + 1, message).into());
            }
        }
        let (builder, bytes) = self
            .pending
            .get_or_insert_with(|| (RecordBuilder::after(&entry.before), 0));
        entry.push_to(builder, Durability::Memory)?;
        *bytes += entry
            .events
            .iter()
            .map(|(event, _)| event.content.size())
            .sum::<usize>();
        if builder.event_count() >= RECORD_EVENTS || *bytes >= RECORD_BYTES {
            self.flush().await?;
        }
        Ok(())
    }

    /// Whether it is another genesis than that of the log, which has no events.
    fn begins_anew(&self, entry: &ExportEntry) -> bool {
        self.head.sequence_number == 0 && entry.before.link == Link::NONE && entry.after != self.head
    }

    /// Steps over what the log seems to hold.
    async fn skip(&mut self, entry: &ExportEntry) -> Result<(), ImportError> {
        self.progress.skipped += entry.events.len() as u64;
        if let Some((event, _)) = entry.events.first() {
            self.unproved
                .push((event.content.id, event.sequence_number, entry.after));
        }
        if entry.after == self.head {
            // Equal links: all before it is equal too.
            self.joined = Joined::Yes;
            self.unproved.clear();
        } else if self.unproved.len() >= LINES_UNPROVED {
            self.prove().await?;
        }
        Ok(())
    }

    /// Proves that the log holds what was stepped over: an append with the same link has the same history.
    async fn prove(&mut self) -> Result<(), ImportError> {
        let Some((id, _, after)) = self.unproved.last().copied() else {
            return Ok(());
        };
        if self.holds(id, after).await? {
            self.unproved.clear();
            return Ok(());
        }
        for (id, first, after) in std::mem::take(&mut self.unproved) {
            if !self.holds(id, after).await? {
                let message = format!("the log has another append at sequence number {first} than the export");
                return Err(diverged(first, message).into());
            }
        }
        Ok(())
    }

    async fn holds(&self, id: EventId, after: Head) -> Result<bool, StorageError> {
        let stored = self.store.storage.find_append(id).await?;
        Ok(stored.is_some_and(|stored| stored.head == after))
    }

    async fn flush(&mut self) -> Result<(), ImportError> {
        let Some((builder, _)) = self.pending.take() else {
            return Ok(());
        };
        if self.joined == Joined::Begins && builder.event_count() == 0 {
            // An export without events: this log is as good as that one.
            return Ok(());
        }
        let step = if self.joined == Joined::Begins {
            ImportStep::Begin
        } else {
            ImportStep::Continue
        };
        self.joined = Joined::Yes;
        self.store_record(builder, step).await
    }

    async fn store_record(&mut self, builder: RecordBuilder, step: ImportStep) -> Result<(), ImportError> {
        let events = builder.event_count() as u64;
        let record = builder.finish();
        let request = ImportRequest { record, step };
        match self.store.storage.import(request).await {
            Ok(head) => {
                self.progress.imported += events;
                self.progress.head = head;
                Ok(())
            }
            Err(storage::ImportError::Invalid(invalid)) => Err(invalid.into()),
            Err(storage::ImportError::Storage(error)) => Err(error.into()),
            Err(storage::ImportError::Elsewhere(head)) => {
                let message = format!(
                    "the log ends at sequence number {} now: something else was stored meanwhile",
                    head.sequence_number
                );
                Err(diverged(head.sequence_number, message).into())
            }
        }
    }
}

fn diverged(sequence_number: u64, message: String) -> StorageError {
    StorageError::new(StorageErrorKind::LogDiverged, message).at(sequence_number)
}

impl From<InvalidInput> for ImportError {
    fn from(error: InvalidInput) -> Self {
        Self::Invalid(error)
    }
}

impl From<StorageError> for ImportError {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(error) => error.fmt(f),
            Self::Storage(error) => error.fmt(f),
        }
    }
}

impl Error for ImportError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Storage(error) => error.source(),
            Self::Invalid(_) => None,
        }
    }
}
