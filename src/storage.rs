//! The seam between the engine and a backend: one trait of pages and requests.
//!
//! A backend checks an append inside its own transaction by calling [`GroupPlan`](crate::core::append::GroupPlan), and answers only
//! when that transaction has completed.

mod kind;

use std::{borrow::Cow, error::Error, fmt, future::Future, ops::Deref};

pub use self::kind::{Outcome, StorageErrorKind};
pub use crate::core::record::Derived;
use crate::{
    core::{
        AggregateId, CheckpointName, Cursor, EventId, Head, InvalidInput, ReducerIdentity,
        append::{
            AggregateState, AppendCondition, AppendRejection, CheckpointMove, PreparedAppend, Receipt, StoredAppend,
        },
        fold::Snapshot,
        read::{EventFilter, EventPage, PageLimits},
        record::Record,
    },
    maybe_send::{MaybeSend, MaybeSync},
};

/// A log as a backend keeps it.
///
/// Every future runs to its end once polled: dropping it stops the waiting, not the work.
pub trait Storage: MaybeSend + MaybeSync + 'static {
    /// What this backend can do beyond the rest of the trait.
    fn capabilities(&self) -> Capabilities;

    /// Appends atomically: all events or none, with ids and expectations checked in the transaction that writes.
    ///
    /// Appends of one caller are planned in the order of the calls; the call itself, not its future, takes the place in the queue.
    fn append(
        &self,
        request: AppendRequest,
    ) -> impl Future<Output = Result<Receipt, AppendError>> + MaybeSend + use<Self>;

    /// Reads a page of the events that match a filter, in the order of the log.
    fn read_events(&self, request: ReadEvents) -> impl Future<Output = Result<EventPage, StorageError>> + MaybeSend;

    /// Reads a page of one aggregate's events, in the order of their versions.
    fn read_aggregate(
        &self,
        request: ReadAggregate,
    ) -> impl Future<Output = Result<EventPage, StorageError>> + MaybeSend;

    /// Where an aggregate stands; none if it has no events.
    fn aggregate(
        &self,
        id: AggregateId,
    ) -> impl Future<Output = Result<Option<AggregateState>, StorageError>> + MaybeSend;

    /// The place of a sequence number, or the head; none if the log does not reach that far.
    fn place(
        &self,
        sequence_number: Option<u64>,
    ) -> impl Future<Output = Result<Option<Head>, StorageError>> + MaybeSend;

    /// The append that stored the event with this id; none if no event has it.
    fn find_append(&self, id: EventId) -> impl Future<Output = Result<Option<StoredAppend>, StorageError>> + MaybeSend;

    /// Whole records that follow a position, in order: those with an event after it, and the changes of epoch that stand right at it,
    /// genesis apart; for `None` those from the log's beginning.
    ///
    /// At least one record unless the log ends there, further ones until about `bytes` are read.
    fn read_records(
        &self,
        after: Option<u64>,
        bytes: usize,
    ) -> impl Future<Output = Result<Vec<Record>, StorageError>> + MaybeSend;

    /// Checks what is derived from a record that was proved, such as copies in another order, and adds it to what was checked before.
    fn check_derived(
        &self,
        _: Record,
        all: Derived,
    ) -> impl Future<Output = Result<Derived, StorageError>> + MaybeSend {
        std::future::ready(Ok(all))
    }

    /// Checks that there is nothing else than what all records of the log have been checked for.
    fn check_all_derived(&self, _all: Derived) -> impl Future<Output = Result<(), StorageError>> + MaybeSend {
        std::future::ready(Ok(()))
    }

    /// Takes no appends from now on: the log was found damaged.
    fn distrust(&self, _damage: &StorageError) {}

    /// Stores a record of an export as it is, links and times included, if the log ends right before it.
    ///
    /// The transaction that writes also checks what the chain does not prove, with [`check_import`](crate::core::export::check_import).
    /// Answers where the log ends then.
    fn import(&self, request: ImportRequest) -> impl Future<Output = Result<Head, ImportError>> + MaybeSend;

    /// Keeps a snapshot, unless a newer one of the same reducer and history is kept.
    fn save_snapshot(&self, snapshot: Snapshot) -> impl Future<Output = Result<(), StorageError>> + MaybeSend;

    /// The newest snapshot of a reducer, whether or not it is valid.
    fn snapshot(
        &self,
        id: AggregateId,
        reducer: ReducerIdentity,
    ) -> impl Future<Output = Result<Option<Snapshot>, StorageError>> + MaybeSend;

    /// Removes the snapshot of a reducer, if there is one.
    fn delete_snapshot(
        &self,
        id: AggregateId,
        reducer: ReducerIdentity,
    ) -> impl Future<Output = Result<(), StorageError>> + MaybeSend;

    /// The stored position of a consumer.
    fn checkpoint(
        &self,
        name: CheckpointName,
    ) -> impl Future<Output = Result<Option<Cursor>, StorageError>> + MaybeSend;

    /// Moves the stored position of a consumer if it stands where it is expected to.
    fn save_checkpoint(&self, step: CheckpointMove) -> impl Future<Output = Result<(), CheckpointError>> + MaybeSend;

    /// Completes when the log may hold more than `after`: a hint or a poll behind it. Fails when the log is closed.
    fn changed(&self, after: u64) -> impl Future<Output = Result<(), StorageError>> + MaybeSend;

    /// How the log is kept and how safe it is.
    fn health(&self) -> impl Future<Output = Health> + MaybeSend;

    /// Takes no further calls, waits for appends under way and lets the storage go. A second call does nothing.
    fn close(&self) -> impl Future<Output = ()> + MaybeSend;
}

/// What a backend can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Whether an append may carry a condition.
    pub conditions: bool,
    /// Whether an append may move a checkpoint.
    pub checkpoints_in_appends: bool,
}

/// An append.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppendRequest {
    /// The events and expectations.
    pub append: PreparedAppend,
    /// What must not have happened; only if the backend can check it.
    pub condition: Option<AppendCondition>,
    /// A checkpoint to move along; only if the backend can.
    pub checkpoint: Option<CheckpointMove>,
}

impl From<PreparedAppend> for AppendRequest {
    fn from(append: PreparedAppend) -> Self {
        Self {
            append,
            condition: None,
            checkpoint: None,
        }
    }
}

/// A record to store as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportRequest {
    /// Whole appends with their links.
    pub record: Record,
    /// What it is to the log.
    pub step: ImportStep,
}

/// What an imported record is to the log.
///
/// From `Begin` to `Finish` the log is a *mirror*: it takes no appends, only imports, because an append would make a second history of
/// the epoch that it was copied from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportStep {
    /// The beginning of another log, genesis included, in the place of this one, which has no events; the log becomes a mirror.
    Begin,
    /// What follows the head.
    Continue,
    /// A change of epoch after which the log is a mirror no more; nothing is written if it is none.
    Finish,
}

/// Which events to read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadEvents {
    /// Which ones.
    pub filter: EventFilter,
    /// The exclusive position to start at: forward 0 is the beginning; backward `None` is the end.
    pub from: Option<u64>,
    /// Whether to read towards the beginning.
    pub backward: bool,
    /// Whether the page must tell the place of its position; forward only.
    pub with_place: bool,
    /// How much.
    pub limits: PageLimits,
}

/// Which events of one aggregate to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadAggregate {
    /// The aggregate.
    pub id: AggregateId,
    /// The first version.
    pub from_version: u64,
    /// The last version; none for all there are.
    pub to_version: Option<u64>,
    /// How much.
    pub limits: PageLimits,
}

/// Why an append failed.
#[derive(Debug)]
pub enum AppendError {
    /// The input was refused; nothing was done.
    Invalid(InvalidInput),
    /// The log, as it stands, does not take the append; nothing was written.
    Rejected(AppendRejection),
    /// The storage failed; the error says what is known of the outcome.
    Storage(StorageError),
}

impl fmt::Display for AppendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(error) => error.fmt(f),
            Self::Rejected(error) => error.fmt(f),
            Self::Storage(error) => error.fmt(f),
        }
    }
}

impl Error for AppendError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Storage(error) => error.source(),
            _ => None,
        }
    }
}

impl From<AppendRejection> for AppendError {
    fn from(rejection: AppendRejection) -> Self {
        Self::Rejected(rejection)
    }
}

impl From<StorageError> for AppendError {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

/// Why a record was not imported.
#[derive(Debug)]
pub enum ImportError {
    /// The log ends here, not right before the record.
    Elsewhere(Head),
    /// The record does not fit the log's events.
    Invalid(InvalidInput),
    /// The storage failed; the error says what is known of the outcome.
    Storage(StorageError),
}

impl From<StorageError> for ImportError {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

/// Why a checkpoint did not move.
#[derive(Debug)]
pub enum CheckpointError {
    /// It stands elsewhere.
    Conflict {
        /// Where it stands.
        actual: Option<Cursor>,
    },
    /// The storage failed.
    Storage(StorageError),
}

impl fmt::Display for CheckpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conflict { actual: Some(actual) } => {
                write!(
                    f,
                    "the checkpoint stands at sequence number {}, not where it was expected: another consumer moved it",
                    actual.sequence_number
                )
            }
            Self::Conflict { actual: None } => {
                f.write_str("the checkpoint is not stored, though a position was expected")
            }
            Self::Storage(error) => error.fmt(f),
        }
    }
}

impl Error for CheckpointError {}

impl From<StorageError> for CheckpointError {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

/// Why a storage failed; one pointer, since nearly every result carries one.
#[derive(Clone, Debug)]
pub struct StorageError(Box<StorageErrorDetails>);

/// What a [`StorageError`] says.
#[derive(Clone, Debug)]
pub struct StorageErrorDetails {
    /// What went wrong.
    pub kind: StorageErrorKind,
    /// What happened and what to do, in a sentence without payloads.
    pub message: Cow<'static, str>,
    /// What is known of the write; none for a read.
    pub outcome: Option<Outcome>,
    /// Where in the log, if it has a place.
    pub sequence_number: Option<u64>,
    /// What the platform said.
    pub cause: Option<Cause>,
}

impl Deref for StorageError {
    type Target = StorageErrorDetails;

    fn deref(&self) -> &StorageErrorDetails {
        &self.0
    }
}

/// What the platform said.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub type Cause = std::sync::Arc<dyn Error + Send + Sync>;
/// What the platform said.
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub type Cause = std::rc::Rc<dyn Error>;

impl StorageError {
    /// An error without outcome, place and cause.
    pub fn new(kind: StorageErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self::of(kind, message.into())
    }

    #[cold]
    fn of(kind: StorageErrorKind, message: Cow<'static, str>) -> Self {
        Self(Box::new(StorageErrorDetails {
            kind,
            message,
            outcome: None,
            sequence_number: None,
            cause: None,
        }))
    }

    /// The error of every call on a closed store.
    #[cold]
    pub fn closed() -> Self {
        Self::new(StorageErrorKind::Closed, "the store was closed: open it again")
    }

    /// The error of every append to a log that is a mirror.
    #[cold]
    pub fn is_mirror() -> Self {
        Self::new(
            StorageErrorKind::Forbidden,
            "the log is a mirror or an unfinished restore, which takes no appends: import the rest of its export first",
        )
    }

    /// Damage at a place of the log.
    pub fn corrupted(sequence_number: u64, message: impl Into<Cow<'static, str>>) -> Self {
        Self::of(StorageErrorKind::StorageCorrupted, message.into()).at(sequence_number)
    }

    /// The same error at a place of the log.
    #[must_use]
    pub fn at(mut self, sequence_number: u64) -> Self {
        self.0.sequence_number = Some(sequence_number);
        self
    }

    /// The same error with what is known of the write.
    #[must_use]
    pub fn with_outcome(mut self, outcome: Outcome) -> Self {
        self.0.outcome = Some(outcome);
        self
    }

    /// The same error with what the platform said.
    #[must_use]
    pub fn with_cause(mut self, cause: Cause) -> Self {
        self.0.cause = Some(cause);
        self
    }
}

impl fmt::Display for StorageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for StorageError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as &(dyn Error + 'static))
    }
}

/// How a log is kept and how safe it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// `memory`, `indexed_db` or `postgres`.
    pub backend: &'static str,
    /// What an append reaches.
    pub durability: &'static str,
    /// Whether the browser promised not to evict the storage; none where it cannot be known.
    pub persisted: Option<bool>,
    /// Bytes that the origin uses and may use; none where they cannot be known.
    pub quota: Option<(u64, u64)>,
    /// `none`, `low` or `high`: whether the browser may remove the log by itself.
    pub eviction_risk: &'static str,
    /// `open`, `lost` (opened again at the next use), `read_only`, `superseded` or `closed`.
    pub handle: &'static str,
    /// The code of the last storage error; none if there was none.
    pub last_error: Option<&'static str>,
}
