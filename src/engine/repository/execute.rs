use std::sync::Arc;

use super::{AggregateRepository, ExecuteError, ExecuteOptions, LoadError, RaisedEvent, attempts::Attempts};
use crate::{
    core::{
        AggregateId, EventId,
        append::{AppendRejection, GivenExpectations, Receipt},
        command_event_id,
        event::NewEvent,
        fold::Aggregate,
    },
    storage::{AppendError, Outcome, Storage, StorageError},
};

impl<S: Storage, A: Aggregate> AggregateRepository<S, A> {
    /// Loads the aggregate, decides, and appends the events that were decided, expecting the version that was loaded.
    ///
    /// After a conflict the command is loaded and decided again, with exponential backoff and full jitter. After an unknown outcome
    /// the same events are sent again until the log has answered: only an answered conflict allows a new decision. With a command id
    /// a repeated command returns its first receipt, marked as replayed, and is not decided again. Returns none if nothing was
    /// decided.
    ///
    /// `decide` is pure: it may run more than once.
    ///
    /// # Errors
    ///
    /// - [`ExecuteError::Decide`] with what `decide` failed with; nothing was appended.
    /// - [`ExecuteError::Load`] if the aggregate could not be loaded; nothing was appended.
    /// - [`ExecuteError::Append`] if retries or time ran out, or the append was refused for another reason than a conflict.
    pub async fn execute<E>(
        &self,
        id: &AggregateId,
        mut decide: impl FnMut(&A::State) -> Result<Vec<RaisedEvent>, E>,
        options: &ExecuteOptions,
    ) -> Result<Option<Receipt>, ExecuteError<E>> {
        let mut attempts = Attempts::new(Arc::clone(self.store.environment()), options);
        loop {
            if let Some(receipt) = self.find_command(id, options).await? {
                return Ok(Some(receipt));
            }
            let loaded = self.fold(id, None).await?;
            let raised = decide(&loaded.state).map_err(ExecuteError::Decide)?;
            if raised.is_empty() {
                return Ok(None);
            }
            let events = self.events_of(id, raised, options);
            let after = loaded.version + events.len() as u64;
            match self.send(&events, loaded.version, &mut attempts).await {
                Ok(receipt) => {
                    self.snapshot_if_due(id, loaded.version, after).await;
                    return Ok(Some(receipt));
                }
                Err(error) => match &error {
                    AppendError::Rejected(AppendRejection::ConcurrencyConflict(_)) if attempts.retry().await => {}
                    // Someone else has executed the same command meanwhile, and decided otherwise.
                    AppendError::Rejected(AppendRejection::DuplicateEvent { .. }) => {
                        return self.find_command(id, options).await?.map(Some).ok_or(error.into());
                    }
                    _ => return Err(error.into()),
                },
            }
        }
    }

    /// The receipt of the command, if it was executed before.
    async fn find_command<E>(
        &self,
        id: &AggregateId,
        options: &ExecuteOptions,
    ) -> Result<Option<Receipt>, ExecuteError<E>> {
        let Some(command_id) = &options.command_id else {
            return Ok(None);
        };
        let event_id = command_event_id(command_id.as_str(), 0);
        let found = self.store.find_append(event_id).await.map_err(LoadError::Storage)?;
        match found {
            // The same command id was used for another aggregate: its receipt would answer a question that was not asked.
            Some(receipt) if receipt.versions.iter().all(|(written, _)| written != id) => {
                let rejection = AppendRejection::DuplicateEvent {
                    event_id,
                    sequence_number: receipt.first_sequence_number,
                };
                Err(AppendError::Rejected(rejection).into())
            }
            found => Ok(found),
        }
    }

    fn events_of(&self, id: &AggregateId, raised: Vec<RaisedEvent>, options: &ExecuteOptions) -> Vec<NewEvent> {
        let events = raised.into_iter().zip(0..).map(|(event, index)| {
            let event_id = self.event_id(options, index);
            event.into_event(event_id, id.clone(), self.aggregate_type.clone(), &options.events)
        });
        events.collect()
    }

    fn event_id(&self, options: &ExecuteOptions, index: u32) -> EventId {
        match &options.command_id {
            Some(command_id) => command_event_id(command_id.as_str(), index),
            None => self.store.environment().mint_event_id(),
        }
    }

    /// Sends the same events until the log has answered, or nothing more can be done.
    async fn send(&self, events: &[NewEvent], version: u64, attempts: &mut Attempts) -> Result<Receipt, AppendError> {
        let mut unknown = false;
        loop {
            let append = self.store.append(events.to_vec(), GivenExpectations::exactly(version));
            let error = match append.await {
                Err(AppendError::Storage(error)) => error,
                answered => return answered,
            };
            let undone = error.outcome == Some(Outcome::NotCommitted);
            unknown |= !undone;
            let goes_on = if unknown {
                // Until it is known, or the time has run out.
                (!undone || error.is_retryable()) && attempts.pause().await
            } else {
                error.is_retryable() && attempts.retry().await
            };
            if !goes_on {
                return Err(outcome_of_all(error, unknown).into());
            }
        }
    }
}

/// That the last attempt was not committed says nothing of the earlier ones.
fn outcome_of_all(error: StorageError, unknown: bool) -> StorageError {
    error.with_outcome(if unknown {
        Outcome::Unknown
    } else {
        Outcome::NotCommitted
    })
}
