use std::future::Future;

use super::EventStore;
use crate::{
    core::{
        InvalidInput,
        append::{AppendCondition, CheckpointMove, GivenExpectations, PreparedAppend, Receipt},
        event::NewEvent,
    },
    maybe_send::MaybeSend,
    storage::{AppendError, AppendRequest, Storage},
};

/// What goes along with the events of an append.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppendOptions {
    /// What is expected of the aggregates, beside the events' own `aggregate_version`.
    pub expectations: GivenExpectations,
    /// What must not have happened, if the backend can check it.
    pub condition: Option<AppendCondition>,
    /// A checkpoint to move in the same transaction, if the backend can.
    pub checkpoint: Option<CheckpointMove>,
}

impl From<GivenExpectations> for AppendOptions {
    fn from(expectations: GivenExpectations) -> Self {
        Self {
            expectations,
            ..Self::default()
        }
    }
}

impl<S: Storage> EventStore<S> {
    /// Appends events to one or several aggregates, atomically: all are stored or none.
    ///
    /// Expectations are checked in the transaction that writes. Ids are looked at first: an append that repeats a stored one returns
    /// the original receipt, marked as replayed, and writes nothing. The input is checked and the place in the order of appends is
    /// taken by the call itself, before the future is polled; dropping the future stops the waiting, not the append.
    ///
    /// # Errors
    ///
    /// - [`AppendError::Invalid`] if the input was refused; it names the field.
    /// - [`AppendError::Rejected`] if the log does not take the append: all conflicts with the actual versions, a duplicate id, or
    ///   another type of aggregate. Nothing was written.
    /// - [`AppendError::Storage`] if the storage failed; `outcome` says what is known. If it is unknown, repeat the append with the
    ///   same ids.
    pub fn append(
        &self,
        events: Vec<NewEvent>,
        expectations: GivenExpectations,
    ) -> impl Future<Output = Result<Receipt, AppendError>> + MaybeSend + use<S> {
        self.append_with(events, expectations.into())
    }

    /// As [`EventStore::append`], with a condition and a checkpoint where the backend can.
    ///
    /// # Errors
    ///
    /// As [`EventStore::append`]; [`AppendError::Invalid`] also for what the backend cannot do.
    pub fn append_with(
        &self,
        events: Vec<NewEvent>,
        options: AppendOptions,
    ) -> impl Future<Output = Result<Receipt, AppendError>> + MaybeSend + use<S> {
        let pending = self
            .prepare(events, options)
            .map(|request| self.storage.append(request));
        async move { pending.map_err(AppendError::Invalid)?.await }
    }

    fn prepare(&self, events: Vec<NewEvent>, options: AppendOptions) -> Result<AppendRequest, InvalidInput> {
        let able = self.storage.capabilities();
        let unable = |field| Err(InvalidInput::argument(field, "is not supported by this backend"));
        if options.condition.is_some() && !able.conditions {
            return unable("condition");
        }
        if options.checkpoint.is_some() && !able.checkpoints_in_appends {
            return unable("checkpoint");
        }
        let now = self.environment.now();
        let mint = || self.environment.mint_event_id();
        Ok(AppendRequest {
            append: PreparedAppend::new(events, &options.expectations, &self.limits, now, mint)?,
            condition: options.condition,
            checkpoint: options.checkpoint,
        })
    }
}
