use std::{error::Error, fmt};

use super::{EventStore, walk::RecordWalk};
use crate::{
    core::{
        EventId, Head, InvalidInput, JsonText, Link, Timestamp,
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
    /// What was read and not yet compared with where the log ends.
    unsorted: Vec<ExportEntry>,
    /// What the log does not hold and is not stored yet; kept as it was read, since another import may store some of it.
    pending: Vec<ExportEntry>,
    pending_events: usize,
    pending_bytes: usize,
    /// Appends that the log seems to hold already: an event's id, how many events they are, and the place after them.
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
    /// The text does not begin as an export does.
    NotAnExport(InvalidInput),
    /// The export ends too early; names the line that is cut or missing.
    Incomplete(InvalidInput),
    /// The export is malformed or altered; names the line.
    Altered(InvalidInput),
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
            unsorted: Vec::new(),
            pending: Vec::new(),
            pending_events: 0,
            pending_bytes: 0,
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
    /// Takes the next line with its line break, which the last one may lack, and stores what is complete.
    ///
    /// Another import may store the same meanwhile: that counts as skipped, and this one goes on from where the log ends then.
    ///
    /// # Errors
    ///
    /// [`ImportError`]; then the import is over.
    pub async fn push(&mut self, line: &str) -> Result<(), ImportError> {
        match self.read(line)? {
            ExportItem::Header(after) => self.begin(after).await,
            ExportItem::Entry(entry) => {
                self.unsorted.push(entry);
                self.work(false).await
            }
            // What is left is stored when it is sure that nothing follows.
            ExportItem::End(_) => Ok(()),
            ExportItem::Unsupported(format) => {
                let message = format!("the export has format {format}; this version reads 1: use a newer version");
                Err(StorageError::new(StorageErrorKind::UnsupportedFormat, message).into())
            }
        }
    }

    /// How far it has come, also if it failed; events that are read but not stored yet do not count.
    pub fn progress(&self) -> ImportProgress {
        self.progress
    }

    /// Ends the import. A restored log begins a new epoch and takes appends from then on; with `as_mirror` it stays a mirror, which takes
    /// further imports only.
    ///
    /// Of restores that end at once one begins the epoch. If another import has stored more by now, the epoch begins after that.
    ///
    /// # Errors
    ///
    /// [`ImportError::Incomplete`] if the last line of the export has not come: what was stored is then an unfinished restore.
    pub async fn finish(&mut self, as_mirror: bool) -> Result<ImportProgress, ImportError> {
        if self.reader.end().is_none() {
            let field = format!("line {}", self.reader.lines() + 1);
            let missing = InvalidInput::argument(field, "is missing: the export is incomplete");
            return Err(ImportError::Incomplete(missing));
        }
        self.work(true).await?;
        if !as_mirror && self.progress.head.sequence_number > 0 {
            // Whoever stores more meanwhile continues what was proved here.
            while !self.begin_epoch().await? {}
        }
        Ok(self.progress)
    }

    fn read(&mut self, line: &str) -> Result<ExportItem, ImportError> {
        let (line, is_whole) = line.strip_suffix('\n').map_or((line, false), |line| (line, true));
        let has_begun = self.reader.lines() > 0;
        self.reader.read(line).map_err(|invalid| {
            if !has_begun && !line.starts_with("{\"foldlogExport\"") {
                ImportError::NotAnExport(invalid)
            } else if !is_whole && JsonText::parse(line).is_err() {
                ImportError::Incomplete(invalid)
            } else {
                ImportError::Altered(invalid)
            }
        })
    }

    /// Ends the mirror where the log ends, if it is one; false if that has moved.
    async fn begin_epoch(&mut self) -> Result<bool, ImportError> {
        let before = self.progress.head;
        let last = self.last_recorded_at().await?;
        let (epoch, now) = (self.store.environment.mint_epoch(), self.store.environment.now());
        let now = last.map_or(now, |last| last.max(now));
        let mut builder = RecordBuilder::after(&before);
        builder.change_epoch(epoch, now, Durability::Memory, epoch_link(epoch, &before, now));
        self.store_record(builder, ImportStep::Finish).await
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

    async fn begin(&mut self, after: Option<Head>) -> Result<(), ImportError> {
        let Some(after) = after else { return Ok(()) };
        if after.sequence_number > self.head.sequence_number {
            // Another import may have stored what is between since this one began.
            self.head = self.store.head().await?;
            self.progress.head = self.head;
        }
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

    /// Proves and stores what is enough for a piece, and at the end all of it.
    async fn work(&mut self, is_end: bool) -> Result<(), ImportError> {
        loop {
            let sorted = self.sort();
            if sorted.is_err() || is_end || self.unproved.len() >= LINES_UNPROVED {
                self.prove().await?;
            }
            sorted?;
            let is_full = self.pending_events >= RECORD_EVENTS || self.pending_bytes >= RECORD_BYTES;
            if self.pending.is_empty() || !(is_full || is_end) {
                return Ok(());
            }
            self.flush().await?;
        }
    }

    /// Steps over what the log seems to hold, and keeps the rest; an error if that does not continue the log.
    fn sort(&mut self) -> Result<(), StorageError> {
        for entry in std::mem::take(&mut self.unsorted) {
            if self.joined == Joined::NotYet {
                if self.begins_anew(&entry) {
                    self.joined = Joined::Begins;
                } else if entry.after.sequence_number <= self.head.sequence_number {
                    self.skip(&entry);
                    continue;
                } else {
                    let first = entry.before.sequence_number.min(self.head.sequence_number) + 1;
                    let message = format!(
                        "the export does not continue the log's place at sequence number {}",
                        first - 1
                    );
                    return Err(diverged(first, message));
                }
            }
            let sizes = entry.events.iter().map(|(event, _)| event.content.size());
            self.pending_events += entry.events.len();
            self.pending_bytes += sizes.sum::<usize>();
            self.pending.push(entry);
        }
        Ok(())
    }

    /// Whether it is another genesis than that of the log, which has no events.
    fn begins_anew(&self, entry: &ExportEntry) -> bool {
        self.head.sequence_number == 0 && entry.before.link == Link::NONE && entry.after != self.head
    }

    fn skip(&mut self, entry: &ExportEntry) {
        if let Some((event, _)) = entry.events.first() {
            let count = entry.events.len() as u64;
            self.unproved.push((event.content.id, count, entry.after));
        }
        if entry.after == self.head {
            // Equal links: all before it is equal too.
            self.joined = Joined::Yes;
            self.skip_proved();
        }
    }

    /// Proves that the log holds what was stepped over: an append with the same link has the same history.
    async fn prove(&mut self) -> Result<(), ImportError> {
        let Some((id, _, after)) = self.unproved.last().copied() else {
            return Ok(());
        };
        if self.holds(id, after).await? {
            self.skip_proved();
            return Ok(());
        }
        for (id, count, after) in std::mem::take(&mut self.unproved) {
            if self.holds(id, after).await? {
                self.progress.skipped += count;
            } else {
                let first = after.sequence_number - count + 1;
                let message = format!("the log has another append at sequence number {first} than the export");
                return Err(diverged(first, message).into());
            }
        }
        Ok(())
    }

    fn skip_proved(&mut self) {
        for (_, count, _) in &self.unproved {
            self.progress.skipped += count;
        }
        self.unproved.clear();
    }

    async fn holds(&self, id: EventId, after: Head) -> Result<bool, StorageError> {
        let stored = self.store.storage.find_append(id).await?;
        Ok(stored.is_some_and(|stored| stored.head == after))
    }

    async fn flush(&mut self) -> Result<(), ImportError> {
        (self.pending_events, self.pending_bytes) = (0, 0);
        let pending = std::mem::take(&mut self.pending);
        let Some(first) = pending.first() else { return Ok(()) };
        let begins = self.joined == Joined::Begins;
        let mut builder = RecordBuilder::after(&first.before);
        for entry in &pending {
            entry.push_to(&mut builder, Durability::Memory)?;
        }
        if begins && builder.event_count() == 0 {
            // An export without events: this log is as good as that one.
            return Ok(());
        }
        let step = if begins {
            ImportStep::Begin
        } else {
            ImportStep::Continue
        };
        self.joined = Joined::Yes;
        if !self.store_record(builder, step).await? {
            // Overtaken: some of this the log may hold by now.
            self.joined = Joined::NotYet;
            self.head = self.progress.head;
            self.unsorted = pending;
        }
        Ok(())
    }

    /// Stores a record; false if the log does not end right before it, but at what is the progress's head then.
    async fn store_record(&mut self, builder: RecordBuilder, step: ImportStep) -> Result<bool, ImportError> {
        let events = builder.event_count() as u64;
        let record = builder.finish();
        match self.store.storage.import(ImportRequest { record, step }).await {
            Ok(head) => {
                self.progress.imported += events;
                self.progress.head = head;
                Ok(true)
            }
            Err(storage::ImportError::Elsewhere(head)) => {
                self.progress.head = head;
                Ok(false)
            }
            Err(storage::ImportError::Invalid(invalid)) => Err(invalid.into()),
            Err(storage::ImportError::Storage(error)) => Err(error.into()),
        }
    }
}

fn diverged(sequence_number: u64, message: String) -> StorageError {
    StorageError::new(StorageErrorKind::LogDiverged, message).at(sequence_number)
}

impl From<InvalidInput> for ImportError {
    fn from(error: InvalidInput) -> Self {
        Self::Altered(error)
    }
}

impl From<StorageError> for ImportError {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

impl ImportError {
    /// The word of the public API for what is wrong with the export; none if the storage failed.
    pub fn export_fault(&self) -> Option<&'static str> {
        match self {
            Self::NotAnExport(_) => Some("not_an_export"),
            Self::Incomplete(_) => Some("incomplete"),
            Self::Altered(_) => Some("altered"),
            Self::Storage(_) => None,
        }
    }
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAnExport(error) | Self::Incomplete(error) | Self::Altered(error) => error.fmt(f),
            Self::Storage(error) => error.fmt(f),
        }
    }
}

impl Error for ImportError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Storage(error) => error.source(),
            _ => None,
        }
    }
}
