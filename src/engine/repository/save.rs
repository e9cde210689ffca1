use super::{AggregateRepository, AggregateRoot, RaisedEvent, SaveOptions};
use crate::{
    core::{
        append::{GivenExpectations, Receipt},
        event::{EventContent, NewEvent, RecordedEvent},
        fold::{Aggregate, FoldError},
    },
    storage::{AppendError, Storage},
};

impl<S: Storage, A: Aggregate> AggregateRepository<S, A> {
    /// Raises an event: folds it into the state and keeps it, with its id, for the next save.
    ///
    /// While it is not stored, `evolve` sees it with sequence number 0.
    ///
    /// # Errors
    ///
    /// [`FoldError`]; nothing was raised.
    pub fn raise(&self, root: &mut AggregateRoot<A::State>, event: RaisedEvent) -> Result<(), FoldError> {
        let environment = self.store.environment();
        let event_id = environment.mint_event_id();
        let options = SaveOptions::default();
        let event = event.into_event(event_id, root.id().clone(), self.aggregate_type.clone(), &options);
        let provisional = RecordedEvent {
            sequence_number: 0,
            recorded_at: environment.now(),
            aggregate_version: root.version() + 1,
            content: EventContent {
                id: event_id,
                aggregate_id: event.aggregate_id.clone(),
                aggregate_type: event.aggregate_type.clone(),
                event_type: event.event_type.clone(),
                schema_version: event.schema_version,
                created_at: event.created_at.unwrap_or_else(|| environment.now()),
                tags: event.tags.clone(),
                caused_by: None,
                causation_id: None,
                correlation_id: None,
                metadata: event.metadata.clone(),
                event_data: event.event_data.clone(),
            },
        };
        root.folded_mut().fold(&self.aggregate, &self.upcasters, &provisional)?;
        root.push(event);
        Ok(())
    }

    /// Appends the uncommitted events, expecting the version that was loaded; none if there are none.
    ///
    /// Success clears the uncommitted events, failure keeps them: after an unknown outcome, a second save with the same options finds
    /// out, and stores nothing twice. A snapshot that fails after the append is a warning, not an error.
    ///
    /// # Errors
    ///
    /// [`AppendError`], as [`EventStore::append`](crate::engine::EventStore::append).
    pub async fn save(
        &self,
        root: &mut AggregateRoot<A::State>,
        options: &SaveOptions,
    ) -> Result<Option<Receipt>, AppendError> {
        if root.uncommitted().is_empty() {
            return Ok(None);
        }
        let events: Vec<NewEvent> = root
            .uncommitted()
            .iter()
            .map(|event| options.applied_to(event.clone()))
            .collect();
        let before = root.stored_version();
        let receipt = self.store.append(events, GivenExpectations::exactly(before)).await?;
        root.commit();
        self.snapshot_if_due(root.id(), before, root.version()).await;
        Ok(Some(receipt))
    }
}
