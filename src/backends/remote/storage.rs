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
    maybe_send::MaybeSend,
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

    /// Asks for something that is answered without a body.
    async fn put(&self, request: Request) -> Result<(), StorageError> {
        self.log.check_open()?;
        let Called { result, may_be_done } = self.log.call(request).await;
        result.map(drop).map_err(|refused| {
            let error = refused.into_storage_error();
            let outcome = error.outcome.unwrap_or(outcome(may_be_done));
            error.with_outcome(outcome)
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
        self.log.check_open()?;
        let known = self.log.newest();
        let mut body = String::new();
        wire::write_read_events(&mut body, &request);
        let called = self
            .log
            .call(self.log.request("POST", self.log.path("/events"), body))
            .await;
        let response = called.result.map_err(Refused::into_storage_error)?;
        let page = wire::read_page(&response.body).map_err(not_understood)?;
        if let Some(place) = page.place
            && page.done
            && request.filter.to_sequence.is_none()
        {
            check_head(&self.log, known, place).await?;
        }
        Ok(page)
    }

    async fn read_aggregate(&self, request: ReadAggregate) -> Result<EventPage, StorageError> {
        self.log.check_open()?;
        let path = self
            .log
            .path("/aggregate/events")
            .with("id", request.id.as_str())
            .with_number("fromVersion", Some(request.from_version))
            .with_number("toVersion", request.to_version)
            .with_number("maxEvents", Some(request.limits.events as u64))
            .with_number("maxBytes", Some(request.limits.bytes as u64));
        wire::read_page(&self.log.get(path).await?).map_err(not_understood)
    }

    async fn aggregate(&self, id: AggregateId) -> Result<Option<AggregateState>, StorageError> {
        self.log.check_open()?;
        let path = self.log.path("/aggregate").with("id", id.as_str());
        wire::read_aggregate(&self.log.get(path).await?).map_err(not_understood)
    }

    async fn place(&self, sequence_number: Option<u64>) -> Result<Option<Head>, StorageError> {
        self.log.check_open()?;
        self.log.place(sequence_number).await
    }

    async fn find_append(&self, id: EventId) -> Result<Option<StoredAppend>, StorageError> {
        self.log.check_open()?;
        let path = self.log.path("/append").with("eventId", &id.to_string());
        wire::read_stored_append(&self.log.get(path).await?).map_err(not_understood)
    }

    async fn read_records(&self, after: Option<u64>, bytes: usize) -> Result<Vec<Record>, StorageError> {
        self.log.check_open()?;
        self.log.records(after, bytes).await
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
            Err(ImportError::Storage(error)) => {
                let outcome = error.outcome.unwrap_or(outcome(called.may_be_done));
                return Err(error.with_outcome(outcome).into());
            }
            Err(error) => return Err(error),
        };
        self.log.see(head);
        self.log.news.hear(head.sequence_number);
        Ok(head)
    }

    async fn save_snapshot(&self, snapshot: Snapshot) -> Result<(), StorageError> {
        let mut body = String::new();
        snapshot.write_json(&mut body);
        self.put(self.log.request("PUT", self.log.path("/snapshot"), body))
            .await
    }

    async fn snapshot(&self, id: AggregateId, reducer: ReducerIdentity) -> Result<Option<Snapshot>, StorageError> {
        self.log.check_open()?;
        let path = self.log.path("/snapshot").with("aggregateId", id.as_str());
        let body = self.log.get(path.with("reducer", reducer.as_str())).await?;
        wire::read_snapshot(&body).map_err(not_understood)
    }

    async fn delete_snapshot(&self, id: AggregateId, reducer: ReducerIdentity) -> Result<(), StorageError> {
        let path = self.log.path("/snapshot").with("aggregateId", id.as_str());
        let path = path.with("reducer", reducer.as_str());
        self.put(self.log.request("DELETE", path, String::new())).await
    }

    async fn checkpoint(&self, name: CheckpointName) -> Result<Option<Cursor>, StorageError> {
        self.log.check_open()?;
        let path = self.log.path("/checkpoint").with("name", name.as_str());
        wire::read_checkpoint(&self.log.get(path).await?).map_err(not_understood)
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
            Err(CheckpointError::Storage(error)) => {
                let outcome = error.outcome.unwrap_or(outcome(called.may_be_done));
                Err(error.with_outcome(outcome).into())
            }
            Err(conflict) => Err(conflict),
        }
    }

    async fn changed(&self, after: u64) -> Result<(), StorageError> {
        changed(&self.log, after).await
    }

    async fn health(&self) -> Health {
        let (handle, last_error) = self.log.condition();
        Health {
            backend: "remote",
            durability: "remote",
            persisted: None,
            quota: None,
            eviction_risk: "none",
            handle,
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

fn outcome(may_be_done: bool) -> Outcome {
    if may_be_done {
        Outcome::Unknown
    } else {
        Outcome::NotCommitted
    }
}
