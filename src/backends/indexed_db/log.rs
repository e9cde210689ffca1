use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
    sync::Arc,
};

use futures_channel::oneshot;

use super::{
    append::Pending,
    connection::Connection,
    hints::Hints,
    options::IndexedDbOptions,
    port::{Mode, Transaction},
    read, schema,
    tip::Tip,
    tip_loader::{Refreshed, TIP_STORES, ends_at, refresh_tip},
    trouble::Trouble,
};
use crate::{
    core::{Head, record::Record},
    environment::Environment,
    storage::{StorageError, StorageErrorKind},
};

/// What all operations of one open store share. No borrow of a cell is held across an await.
pub(super) struct Log {
    pub(super) connection: Connection,
    pub(super) environment: Arc<dyn Environment>,
    pub(super) options: IndexedDbOptions,
    pub(super) hints: Hints,
    pub(super) tip: RefCell<Tip>,
    /// The connection's generation in which the tip was proved.
    pub(super) proved_in: Cell<u64>,
    pub(super) queue: RefCell<VecDeque<Pending>>,
    /// Whether a task is working on the queue; that task alone appends and seals.
    pub(super) is_flushing: Cell<bool>,
    /// Who waits for that task to end.
    pub(super) flush_waiters: RefCell<Vec<oneshot::Sender<()>>>,
    /// Whether a task waits for a quiet moment to seal.
    pub(super) is_seal_scheduled: Cell<bool>,
    pub(super) is_closed: Cell<bool>,
    /// Why the log takes no appends, if it does not.
    pub(super) read_only: RefCell<Option<(StorageErrorKind, String)>>,
    pub(super) last_error: Cell<Option<&'static str>>,
    /// Sealed records read lately, by last sequence number; they never change.
    pub(super) segments: RefCell<VecDeque<Rc<Record>>>,
}

/// Why a log with an extension that this version must know and does not is read-only.
pub(super) fn unknown_critical() -> (StorageErrorKind, String) {
    (
        StorageErrorKind::UnsupportedFormat,
        "it holds an extension that only a newer version understands".to_owned(),
    )
}

/// How many segments are kept for the next read.
const KEPT_SEGMENTS: usize = 4;

impl Log {
    /// Reads in a read-only transaction; repeated once if the handle turns out to be dead.
    pub(super) async fn read<T>(
        &self,
        stores: &[&str],
        work: impl AsyncFn(&Transaction) -> Result<T, Trouble>,
    ) -> Result<T, StorageError> {
        self.prove_after_reopening().await?;
        let result = self.connection.repeatable(stores, Mode::Read, work).await;
        result.inspect_err(|error| self.note(error))
    }

    /// Writes a side record, such as a snapshot; repeated once if the handle turns out to be dead.
    pub(super) async fn write<T>(
        &self,
        stores: &[&str],
        mode: Mode,
        work: impl AsyncFn(&Transaction) -> Result<T, Trouble>,
    ) -> Result<T, StorageError> {
        self.check_writable()?;
        self.prove_after_reopening().await?;
        let result = self.connection.repeatable(stores, mode, work).await;
        result.inspect_err(|error| self.note(error))
    }

    /// The head, proved current by a transaction that began after the call.
    pub(super) async fn current_head(&self) -> Result<Head, StorageError> {
        let key = self.newest_key();
        let is_current = self
            .read(&TIP_STORES, async |transaction| ends_at(transaction, &key).await)
            .await?;
        if !is_current {
            self.refresh().await?;
        }
        Ok(self.tip.borrow().head())
    }

    /// The place of a sequence number, or the head; none if the log ends before it.
    pub(super) async fn place(&self, sequence_number: Option<u64>) -> Result<Option<Head>, StorageError> {
        match sequence_number {
            None => self.current_head().await.map(Some),
            Some(sequence_number) => read::place(self, sequence_number).await,
        }
    }

    /// Brings the tip up to date.
    pub(super) async fn refresh(&self) -> Result<(), StorageError> {
        let generation = self.connection.generation();
        let head = self.tip.borrow().head();
        let refreshed = self
            .connection
            .repeatable(&TIP_STORES, Mode::Read, async |transaction| {
                refresh_tip(transaction, head).await
            })
            .await;
        match refreshed {
            Ok(refreshed) => {
                self.take(head, refreshed);
                self.proved_in.set(generation.max(self.proved_in.get()));
                Ok(())
            }
            Err(error) => {
                self.note(&error);
                Err(error)
            }
        }
    }

    /// Takes what was read after `head`, unless the tip has moved on meanwhile.
    pub(super) fn take(&self, head: Head, refreshed: Refreshed) {
        let mut tip = self.tip.borrow_mut();
        if tip.head() != head {
            return;
        }
        match refreshed {
            Refreshed::Extended { records, sealed } => {
                if records.iter().any(|record| record.directory().has_unknown_critical) {
                    self.read_only.borrow_mut().get_or_insert_with(unknown_critical);
                }
                for record in records {
                    tip.push(record);
                }
                if let Some(sealed) = sealed.filter(|sealed| tip.sealed.is_none_or(|known| known.to < sealed.to)) {
                    tip.forget_sealed(sealed);
                }
            }
            Refreshed::Replaced(newer) => *tip = newer,
        }
        let last = tip.head().sequence_number;
        drop(tip);
        self.hints.wake(last);
    }

    /// The key of the newest record that this tab knows.
    pub(super) fn newest_key(&self) -> wasm_bindgen::JsValue {
        let tip = self.tip.borrow();
        tip.newest().map_or_else(
            || schema::key(tip.head().sequence_number),
            |record| schema::record_key(record),
        )
    }

    pub(super) fn check_open(&self) -> Result<(), StorageError> {
        if self.is_closed.get() {
            Err(StorageError::closed())
        } else {
            Ok(())
        }
    }

    pub(super) fn check_writable(&self) -> Result<(), StorageError> {
        match &*self.read_only.borrow() {
            Some((kind, reason)) => Err(StorageError::new(*kind, format!("the log is read-only: {reason}"))),
            None => Ok(()),
        }
    }

    /// Notes an error for `health()`; damage makes the log read-only.
    pub(super) fn note(&self, error: &StorageError) {
        self.last_error.set(Some(error.kind.code()));
        if matches!(
            error.kind,
            StorageErrorKind::StorageCorrupted | StorageErrorKind::UnsupportedFormat
        ) {
            self.read_only
                .borrow_mut()
                .get_or_insert((error.kind, error.message.clone()));
        }
    }

    /// A sealed record that was read lately and holds the sequence number.
    pub(super) fn kept_segment(&self, sequence_number: u64) -> Option<Rc<Record>> {
        let holds = |record: &&Rc<Record>| {
            record.first_sequence_number() <= sequence_number && sequence_number <= record.last_sequence_number()
        };
        self.segments.borrow().iter().find(holds).map(Rc::clone)
    }

    /// Keeps a sealed record for the next read.
    pub(super) fn keep_segment(&self, record: Rc<Record>) {
        let mut segments = self.segments.borrow_mut();
        if segments
            .iter()
            .any(|kept| kept.last_sequence_number() == record.last_sequence_number())
        {
            return;
        }
        if segments.len() == KEPT_SEGMENTS {
            segments.pop_front();
        }
        segments.push_back(record);
    }

    /// After the handle was opened again: proves that the log is still the one that this tab knows, before anything is read from it.
    pub(super) async fn prove_after_reopening(&self) -> Result<(), StorageError> {
        self.connection.handle().await.inspect_err(|error| self.note(error))?;
        if self.connection.generation() == self.proved_in.get() {
            return Ok(());
        }
        self.segments.borrow_mut().clear();
        self.refresh().await
    }
}
