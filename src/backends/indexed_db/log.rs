use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
    sync::Arc,
};

use futures_channel::oneshot;
use wasm_bindgen::JsValue;

use super::{
    append::Pending,
    connection::{Connection, Failed},
    hints::Hints,
    options::IndexedDbOptions,
    port::{Failure, FailureKind, Transaction, array, as_f64},
    record_with::RecordWith,
    sealed::Sealed,
    tip::Tip,
    tip_loader::{self, ReadTip},
    work::{Answer, Waiting, Work},
};
use crate::{
    core::{Head, MAX_SAFE_INTEGER, record::Record},
    environment::Environment,
    storage::{Outcome, StorageError, StorageErrorKind},
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
    pub(super) queue: RefCell<VecDeque<Rc<Pending>>>,
    /// Whether a task is working on the queue; that task alone appends and seals.
    pub(super) is_flushing: Cell<bool>,
    /// Who waits for that task to end.
    pub(super) flush_waiters: RefCell<Vec<oneshot::Sender<()>>>,
    /// Whether a task waits for a quiet moment to seal.
    pub(super) is_seal_scheduled: Cell<bool>,
    pub(super) is_closed: Cell<bool>,
    /// Whether the log takes imports only, as far as this tab knows.
    pub(super) is_mirror: Cell<bool>,
    /// Why the log takes no appends, if it does not.
    pub(super) read_only: RefCell<Option<(StorageErrorKind, Cow<'static, str>)>>,
    pub(super) last_error: Cell<Option<&'static str>>,
    /// Sealed records read lately; they never change.
    pub(super) segments: RefCell<VecDeque<Rc<Record>>>,
}

/// Why a log with an extension that this version must know and does not is read-only.
pub(super) fn unknown_critical() -> (StorageErrorKind, Cow<'static, str>) {
    (
        StorageErrorKind::UnsupportedFormat,
        "it holds an extension that only a newer version understands".into(),
    )
}

/// How many segments are kept for the next read.
const KEPT_SEGMENTS: usize = 4;

impl Log {
    /// Does a transaction that may be repeated, on a log that is proved to be the one that this tab knows. If the handle turns out to
    /// be dead it is opened again, the log proved again, and the transaction done once more.
    pub(super) fn call(&self, transaction: Transaction) -> Waiting<'_, Answer> {
        self.call_noting(transaction, None)
    }

    /// As [`Log::call`]; counts in `begun` how often the transaction was begun.
    fn call_noting<'a>(&'a self, transaction: Transaction, begun: Option<&'a Cell<u32>>) -> Waiting<'a, Answer> {
        Box::pin(async move {
            let mut repeated = false;
            loop {
                self.prove_after_reopening().await?;
                let answer = self.connection.call(&transaction).await;
                if let (Some(begun), Ok(_) | Err(Failed::Transaction(_))) = (begun, &answer) {
                    begun.set(begun.get() + 1);
                }
                match answer {
                    Ok(value) => return Ok(Answer { value, repeated }),
                    Err(Failed::Transaction(failure)) if failure.kind == FailureKind::Lost && !repeated => {
                        repeated = true;
                    }
                    Err(failed) => return Err(self.noted(failed.into())),
                }
            }
        })
    }

    /// As [`Log::call`], unless the log takes no writes. What became of the write is not known once a transaction was begun, unless
    /// the quota undid the only one.
    pub(super) async fn write(&self, transaction: Transaction) -> Result<Answer, StorageError> {
        self.check_writable()?;
        let begun = Cell::new(0);
        let answer = self.call_noting(transaction, Some(&begun)).await;
        answer.map_err(|error| match (begun.get(), error.kind) {
            (0, _) | (1, StorageErrorKind::QuotaExceeded) => error.with_outcome(Outcome::NotCommitted),
            _ => error.with_outcome(Outcome::Unknown),
        })
    }

    /// Does work of several transactions.
    pub(super) fn work<'a>(&'a self, work: &'a mut dyn Work) -> Waiting<'a, ()> {
        Box::pin(async move {
            while let Some(transaction) = work.next(self)? {
                let answer = self.call(transaction).await?;
                work.take(self, &array(answer.value))?;
            }
            Ok(())
        })
    }

    /// The head, proved current by a transaction that began after the call.
    pub(super) fn current_head(&self) -> Waiting<'_, Head> {
        Box::pin(async move {
            let ends = Transaction::ends_at(self.newest_key());
            if !self.call(ends).await?.value.is_truthy() {
                self.refresh().await?;
            }
            Ok(self.tip.borrow().head())
        })
    }

    /// The place of a sequence number, or the head; none if the log ends before it.
    pub(super) async fn place(&self, sequence_number: Option<u64>) -> Result<Option<Head>, StorageError> {
        match sequence_number {
            None => self.current_head().await.map(Some),
            Some(sequence_number) if sequence_number > MAX_SAFE_INTEGER => Ok(None),
            Some(sequence_number) => {
                let mut record = RecordWith::new(sequence_number);
                self.work(&mut record).await?;
                let place = record.place();
                if place.is_none() {
                    self.check_undamaged()?;
                }
                if record.ends_there() {
                    // A change of epoch may stand right behind it.
                    let mut next = RecordWith::after(sequence_number);
                    self.work(&mut next).await?;
                    return Ok(next.place().or(place));
                }
                Ok(place)
            }
        }
    }

    /// Brings the tip up to date, proving that the log still holds what this tab knows of it. Boxed: it stands in many futures.
    pub(super) fn refresh(&self) -> Waiting<'_, ()> {
        Box::pin(async {
            let mut repeated = false;
            loop {
                match self.read_again().await {
                    Ok(generation) => {
                        self.proved_in.set(generation.max(self.proved_in.get()));
                        return Ok(());
                    }
                    Err(Failed::Transaction(failure)) if failure.kind == FailureKind::Lost && !repeated => {
                        repeated = true;
                    }
                    Err(failed) => return Err(self.noted(failed.into())),
                }
            }
        })
    }

    /// Takes the records that follow `head`, unless the tip has moved on meanwhile.
    ///
    /// # Errors
    ///
    /// `storage_corrupted` if one does not follow: nothing may be planned on a log that is not understood to its end.
    pub(super) fn extend(&self, head: Head, records: Vec<Record>, sealed: Option<Sealed>) -> Result<(), StorageError> {
        let mut tip = self.tip.borrow_mut();
        if tip.head() != head {
            return Ok(());
        }
        for record in records {
            if record.directory().has_unknown_critical {
                self.read_only.borrow_mut().get_or_insert_with(unknown_critical);
            }
            let next = tip.head().sequence_number + 1;
            if !tip.push(record) {
                return Err(StorageError::corrupted(
                    next,
                    "the newest appends do not follow each other",
                ));
            }
        }
        if let Some(sealed) = sealed {
            tip.forget_sealed(sealed);
        }
        let last = tip.head().sequence_number;
        drop(tip);
        self.hints.wake(last);
        if self.read_only.borrow().is_some() {
            self.environment.health_changed();
        }
        Ok(())
    }

    /// The key of the newest record that this tab knows.
    pub(super) fn newest_key(&self) -> f64 {
        self.tip.borrow().newest_key()
    }

    /// Whether no unsealed record could be read when the log was opened: there should be one.
    pub(super) fn lacks_tail(&self) -> bool {
        self.tip.borrow().tail().next().is_none()
    }

    /// How far the log is sealed, as far as this tab knows.
    pub(super) fn sealed_to(&self) -> u64 {
        self.tip.borrow().sealed.map_or(0, |sealed| sealed.to)
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

    /// What a damaged log does not hold may have been in it.
    pub(super) fn check_undamaged(&self) -> Result<(), StorageError> {
        match &*self.read_only.borrow() {
            Some((StorageErrorKind::StorageCorrupted, reason)) => {
                let next = self.tip.borrow().head().sequence_number + 1;
                Err(StorageError::corrupted(next, reason.clone()))
            }
            _ => Ok(()),
        }
    }

    /// Refuses an append to a log that takes imports only.
    pub(super) async fn check_takes_appends(&self) -> Result<(), StorageError> {
        if self.is_mirror.get() {
            // Another tab may have ended that.
            self.refresh().await?;
        }
        if self.is_mirror.get() {
            return Err(StorageError::is_mirror());
        }
        Ok(())
    }

    /// Notes whether the log takes imports only.
    pub(super) fn set_mirror(&self, is_mirror: bool) {
        if self.is_mirror.replace(is_mirror) != is_mirror {
            self.environment.health_changed();
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
                .get_or_insert_with(|| (error.kind, error.message.clone()));
        }
        self.environment.health_changed();
    }

    /// A sealed record that was read lately and holds the sequence number.
    pub(super) fn kept_segment(&self, sequence_number: u64) -> Option<Rc<Record>> {
        let segments = self.segments.borrow();
        segments
            .iter()
            .find(|record| record.holds(sequence_number))
            .map(Rc::clone)
    }

    /// Keeps a sealed record for the next read.
    pub(super) fn keep_segment(&self, record: &Rc<Record>) {
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
        segments.push_back(Rc::clone(record));
    }

    /// After the handle was opened again: proves that the log is still the one that this tab knows, before anything is read from it.
    pub(super) fn prove_after_reopening(&self) -> Waiting<'_, ()> {
        Box::pin(async move {
            let opened = self.connection.handle(None).await;
            opened.inspect_err(|error| self.note(error))?;
            if self.connection.generation() == self.proved_in.get() {
                return Ok(());
            }
            self.segments.borrow_mut().clear();
            self.refresh().await
        })
    }

    /// Reads what follows the tip; returns the generation of the handle that all of it was read through.
    async fn read_again(&self) -> Result<u64, Failed> {
        self.connection.handle(None).await.map_err(Failed::Open)?;
        let generation = self.connection.generation();
        let head = self.tip.borrow().head();
        let from = as_f64(head.sequence_number);
        let answer = self.connection.call(&Transaction::read_tip(from)).await?;
        let read = ReadTip::sound(answer).map_err(Failed::Open)?;
        self.set_mirror(read.is_mirror);
        if let Some((records, sealed)) = read.records_after(head) {
            self.extend(head, records, sealed).map_err(Failed::Open)?;
        } else {
            // Sealed, or gone.
            // In a log without events nothing is lost if another one stands in its place: a restore does that.
            if head.sequence_number > 0 {
                // Two: the head may be a change of epoch, which is sealed together with what follows.
                let answer = self.connection.call(&Transaction::scan(from - 1.0, 2, from)).await?;
                let segments =
                    tip_loader::read_records(array(answer).get(0), head.sequence_number - 1).map_err(Failed::Open)?;
                if !segments.iter().any(|segment| segment.passes(&head)) {
                    return Err(Failed::Open(tip_loader::lost(head)));
                }
            }
            let answer = self.connection.call(&Transaction::read_tip(0.0)).await?;
            let newer = ReadTip::from_js(answer)
                .and_then(ReadTip::into_tip)
                .map_err(Failed::Open)?;
            self.replace(head, newer);
        }
        if self.connection.generation() == generation {
            Ok(generation)
        } else {
            // Read through two handles, perhaps from two logs.
            Err(Failed::Transaction(Failure::from_js(JsValue::UNDEFINED)))
        }
    }

    fn replace(&self, head: Head, newer: Tip) {
        let mut tip = self.tip.borrow_mut();
        if tip.head() == head {
            if newer.tail().any(|record| record.directory().has_unknown_critical) {
                self.read_only.borrow_mut().get_or_insert_with(unknown_critical);
            }
            *tip = newer;
        }
        let last = tip.head().sequence_number;
        drop(tip);
        self.hints.wake(last);
        if self.read_only.borrow().is_some() {
            self.environment.health_changed();
        }
    }

    /// Notes the error of a result, if it is one: what was read may be damaged where no transaction could tell.
    pub(super) fn noting<T>(&self, result: Result<T, StorageError>) -> Result<T, StorageError> {
        result.map_err(|error| self.noted(error))
    }

    /// Notes an error and hands it on.
    fn noted(&self, error: StorageError) -> StorageError {
        self.note(&error);
        error
    }
}
