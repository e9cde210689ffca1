use std::sync::{Arc, atomic::Ordering};

use super::{
    call::{Called, Refused},
    log::{Log, not_understood},
    news::changed,
    open::open_log,
    options::RemoteOptions,
    queue::{enqueue, until_idle},
    seen::check_head,
    transport::{Request, Transport},
    url::Path,
};
use crate::{
    core::{
        AggregateId, CheckpointName, Cursor, EventId, Head, ReducerIdentity,
        append::{AggregateState, CheckpointMove, Receipt, StoredAppend},
        fold::Snapshot,
        read::EventPage,
        record::Record,
    },
    environment::Environment,
    maybe_send::{MaybeSend, Waiting},
    storage::{
        AppendError, AppendRequest, Capabilities, CheckpointError, Health, ImportError, ImportRequest, Outcome,
        ReadAggregate, ReadEvents, Storage, StorageError,
    },
    wire,
};

/// A log on a server; any number of clients may have it open at once.
///
/// A call is repeated with the same ids until it is answered or the deadline is over. The newest head that was seen is remembered as long
/// as the handle lives: a log that ends before it or has another history is told from then on.
pub struct RemoteStorage<T: Transport> {
    log: Arc<Log<T>>,
}

impl<T: Transport> RemoteStorage<T> {
    /// Opens the log of this name, or makes it if the options allow.
    ///
    /// # Errors
    ///
    /// `log_not_found` if it does not exist, or is none of the token's; `unauthenticated`, `forbidden`, `rate_limited`, `network`, `timeout`
    /// and `protocol` as the server and the way to it are.
    pub async fn open(
        transport: T,
        name: &str,
        options: RemoteOptions,
        environment: Arc<dyn Environment>,
    ) -> Result<Self, StorageError> {
        Ok(Self {
            log: open_log(transport, name, options, environment).await?,
        })
    }

    /// What carries its requests.
    pub fn transport(&self) -> &T {
        &self.log.transport
    }

    fn snapshot_path(&self, id: &AggregateId, reducer: &ReducerIdentity) -> Path {
        let path = self.log.path("/snapshot").with("aggregateId", id.as_str());
        path.with("reducer", reducer.as_str())
    }

    /// Asks for a change that is answered without a body.
    fn put(&self, request: Request) -> Waiting<'_, Result<(), StorageError>> {
        Box::pin(async move {
            self.log.check_open()?;
            let Called { result, may_be_done } = self.log.call(request).await;
            result
                .map(drop)
                .map_err(|refused| with_outcome(refused.into_storage_error(), may_be_done))
        })
    }
}

impl<T: Transport> Drop for RemoteStorage<T> {
    fn drop(&mut self) {
        self.log.is_closed.store(true, Ordering::SeqCst);
        self.log.transport.close();
        self.log.news.hear(0);
    }
}

impl<T: Transport> Storage for RemoteStorage<T> {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            conditions: false,
            checkpoints_in_appends: false,
        }
    }

    fn append(
        &self,
        request: AppendRequest,
    ) -> impl Future<Output = Result<Receipt, AppendError>> + MaybeSend + use<T> {
        enqueue(&self.log, request)
    }

    async fn read_events(&self, request: ReadEvents) -> Result<EventPage, StorageError> {
        let known = self.log.newest();
        let mut body = String::new();
        wire::write_read_events(&mut body, &request);
        let body = self
            .log
            .body(self.log.request("POST", self.log.path("/events"), body))
            .await?;
        let page = wire::read_page(&body).map_err(not_understood)?;
        if let Some(place) = page.place
            && page.done
            && request.filter.to_sequence.is_none()
        {
            check_head(&self.log, known, place).await?;
        }
        Ok(page)
    }

    fn read_aggregate(
        &self,
        request: ReadAggregate,
    ) -> impl Future<Output = Result<EventPage, StorageError>> + MaybeSend {
        let path = self
            .log
            .path("/aggregate/events")
            .with("id", request.id.as_str())
            .with_number("fromVersion", Some(request.from_version))
            .with_number("toVersion", request.to_version)
            .with_number("maxEvents", Some(request.limits.events as u64))
            .with_number("maxBytes", Some(request.limits.bytes as u64));
        self.log.ask(path, wire::read_page)
    }

    fn aggregate(
        &self,
        id: AggregateId,
    ) -> impl Future<Output = Result<Option<AggregateState>, StorageError>> + MaybeSend {
        let path = self.log.path("/aggregate").with("id", id.as_str());
        self.log.ask(path, wire::read_aggregate)
    }

    fn place(
        &self,
        sequence_number: Option<u64>,
    ) -> impl Future<Output = Result<Option<Head>, StorageError>> + MaybeSend {
        self.log.place(sequence_number)
    }

    fn find_append(&self, id: EventId) -> impl Future<Output = Result<Option<StoredAppend>, StorageError>> + MaybeSend {
        let path = self.log.path("/append").with("eventId", &id.to_string());
        self.log.ask(path, wire::read_stored_append)
    }

    fn read_records(
        &self,
        after: Option<u64>,
        bytes: usize,
    ) -> impl Future<Output = Result<Vec<Record>, StorageError>> + MaybeSend {
        self.log.records(after, bytes)
    }

    async fn import(&self, request: ImportRequest) -> Result<Head, ImportError> {
        self.log.check_open()?;
        let mut body = String::new();
        wire::write_import(&mut body, &request);
        let sent = Request {
            is_lines: true,
            ..self.log.request("POST", self.log.path("/appends"), body)
        };
        let called = self.log.call(sent).await;
        let head = match called.result.map_err(Refused::into_import_error) {
            Ok(response) => wire::read_head(&response.body)
                .map_err(|invalid| not_understood(invalid).with_outcome(Outcome::Unknown))?,
            // Stored by an attempt whose answer was lost.
            Err(ImportError::Elsewhere(head)) if called.may_be_done && head == request.record.directory().head() => {
                head
            }
            Err(ImportError::Storage(error)) => return Err(with_outcome(error, called.may_be_done).into()),
            Err(error) => return Err(error),
        };
        self.log.see(head);
        self.log.news.hear(head.sequence_number);
        Ok(head)
    }

    fn save_snapshot(&self, snapshot: Snapshot) -> impl Future<Output = Result<(), StorageError>> + MaybeSend {
        let mut body = String::new();
        snapshot.write_json(&mut body);
        self.put(self.log.request("PUT", self.log.path("/snapshot"), body))
    }

    fn snapshot(
        &self,
        id: AggregateId,
        reducer: ReducerIdentity,
    ) -> impl Future<Output = Result<Option<Snapshot>, StorageError>> + MaybeSend {
        self.log.ask(self.snapshot_path(&id, &reducer), wire::read_snapshot)
    }

    fn delete_snapshot(
        &self,
        id: AggregateId,
        reducer: ReducerIdentity,
    ) -> impl Future<Output = Result<(), StorageError>> + MaybeSend {
        let path = self.snapshot_path(&id, &reducer);
        self.put(self.log.request("DELETE", path, String::new()))
    }

    fn checkpoint(
        &self,
        name: CheckpointName,
    ) -> impl Future<Output = Result<Option<Cursor>, StorageError>> + MaybeSend {
        let path = self.log.path("/checkpoint").with("name", name.as_str());
        self.log.ask(path, wire::read_checkpoint)
    }

    async fn save_checkpoint(&self, step: CheckpointMove) -> Result<(), CheckpointError> {
        self.log.check_open()?;
        let mut body = String::new();
        wire::write_checkpoint_move(&mut body, &step);
        let called = self
            .log
            .call(self.log.request("PUT", self.log.path("/checkpoint"), body))
            .await;
        match called.result.map_err(Refused::into_checkpoint_error) {
            Ok(_) => Ok(()),
            // Moved by an attempt whose answer was lost.
            Err(CheckpointError::Conflict { actual }) if called.may_be_done && actual == Some(step.to) => Ok(()),
            Err(CheckpointError::Storage(error)) => Err(with_outcome(error, called.may_be_done).into()),
            Err(conflict) => Err(conflict),
        }
    }

    async fn changed(&self, after: u64) -> Result<(), StorageError> {
        changed(&self.log, after).await
    }

    async fn health(&self) -> Health {
        let is_mirror = self.log.is_mirror().await;
        let (handle, last_error) = self.log.condition();
        Health {
            backend: "remote",
            durability: "remote",
            persisted: None,
            quota: None,
            eviction_risk: "none",
            handle,
            is_mirror,
            last_error: last_error.map(crate::storage::StorageErrorKind::code),
        }
    }

    async fn close(&self) {
        self.log.is_closed.store(true, Ordering::SeqCst);
        self.log.transport.close();
        self.log.news.hear(0);
        until_idle(&self.log).await;
    }
}

/// The same error of a write, whose outcome may have been told.
fn with_outcome(error: StorageError, may_be_done: bool) -> StorageError {
    let outcome = match error.outcome {
        Some(told) => told,
        None if may_be_done => Outcome::Unknown,
        None => Outcome::NotCommitted,
    };
    error.with_outcome(outcome)
}
