use std::{future::Future, pin::Pin, rc::Rc};

use js_sys::Promise;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::future_to_promise;

use super::{any_storage::AnyStorage, failure::Failure, results, subscription::RawSubscription};
use crate::{
    backends::memory::MemoryStorage,
    core::{
        AggregateId, AggregateType, CheckpointName, Cursor, EventId, Head, InvalidInput, JsonCursor, JsonText, Limits,
        MAX_SAFE_INTEGER, ReducerIdentity,
        append::{CheckpointMove, GivenExpectations},
        event::read_new_events,
        read::{EventFilter, PageLimits},
    },
    engine::{EventStore, SubscribeFrom, VerifyError},
    environment,
    storage::{ReadAggregate, ReadEvents},
};

#[wasm_bindgen]
pub struct RawStore {
    store: Rc<EventStore<AnyStorage>>,
}

#[wasm_bindgen]
impl RawStore {
    pub fn memory(_options: &str) -> Promise {
        let environment = environment::system();
        let storage = AnyStorage::Memory(MemoryStorage::new(environment));
        promise(async { Ok(Self::new(storage).into()) })
    }

    #[cfg(feature = "indexed-db")]
    #[wasm_bindgen(js_name = indexedDb)]
    pub fn indexed_db(name: String, options: &str) -> Promise {
        let options = super::open_options::read_indexed_db_options(options);
        promise(async move {
            let storage =
                crate::backends::indexed_db::IndexedDbStorage::open(&name, options?, environment::system()).await?;
            Ok(Self::new(AnyStorage::IndexedDb(storage)).into())
        })
    }

    pub fn append(&self, events: &str, options: &str) -> Promise {
        // Read now: later changes by the caller have no effect, and the place in the order is that of the call.
        let read = || Ok((read_new_events(events)?, GivenExpectations::read_json(options)?));
        let pending = read().map(|(events, expectations)| self.store.append(events, expectations));
        promise(async move {
            let pending = pending
                .map_err(|invalid: InvalidInput| Failure::from(crate::storage::AppendError::Invalid(invalid)))?;
            Ok(results::receipt(&pending.await?).into())
        })
    }

    #[wasm_bindgen(js_name = readEvents)]
    pub fn read_events(&self, filter: &str, from: f64, max_events: u32, backward: bool) -> Promise {
        let filter = EventFilter::read_json(filter);
        self.run(async move |store| {
            let from = integer("from", from)?;
            let request = ReadEvents {
                filter: filter?,
                from: (from > 0 || !backward).then_some(from),
                backward,
                with_place: false,
                limits: limits(max_events),
            };
            Ok(results::page(&store.read_events(request).await?))
        })
    }

    #[wasm_bindgen(js_name = readAggregate)]
    pub fn read_aggregate(&self, aggregate_id: String, from_version: f64, to_version: f64, max_events: u32) -> Promise {
        self.run(async move |store| {
            let to_version = integer("toVersion", to_version)?;
            let request = ReadAggregate {
                id: aggregate_id_of(&aggregate_id)?,
                from_version: integer("fromVersion", from_version)?.max(1),
                to_version: (to_version > 0).then_some(to_version),
                limits: limits(max_events),
            };
            Ok(results::page(&store.read_aggregate(request).await?))
        })
    }

    #[wasm_bindgen(js_name = aggregateVersion)]
    pub fn aggregate_version(&self, aggregate_id: String) -> Promise {
        self.run(async move |store| {
            let id = aggregate_id_of(&aggregate_id)?;
            Ok(results::number(store.aggregate_version(&id).await?))
        })
    }

    pub fn head(&self, at: Option<f64>) -> Promise {
        self.run(async move |store| {
            let head = match at {
                None => store.head().await?,
                Some(at) => {
                    let at = integer("at", at)?;
                    let beyond = || InvalidInput::argument("at", format!("is {at}, beyond the head of the log"));
                    store.place(at).await?.ok_or_else(beyond)?
                }
            };
            let mut json = String::new();
            head.write_json(&mut json);
            Ok(json.into())
        })
    }

    #[wasm_bindgen(js_name = findAppend)]
    pub fn find_append(&self, event_id: String) -> Promise {
        self.run(async move |store| {
            let id = EventId::parse(&event_id).map_err(|reason| InvalidInput::argument("eventId", reason))?;
            let receipt = store.find_append(id).await?;
            Ok(receipt.map_or(JsValue::UNDEFINED, |receipt| results::receipt(&receipt).into()))
        })
    }

    pub fn verify(&self, since: Option<String>) -> Promise {
        self.run(async move |store| {
            let since = since
                .map(|since| Head::read_json(&mut JsonCursor::new(&since)))
                .transpose();
            let since = since.map_err(|invalid| invalid.within("since"))?;
            match store.verify(since).await {
                Ok(verification) => Ok(results::verification(&verification).into()),
                Err(VerifyError::Fault(fault)) => Ok(results::fault(&fault).into()),
                Err(error) => Err(error.into()),
            }
        })
    }

    #[wasm_bindgen(js_name = createSnapshot)]
    pub fn create_snapshot(
        &self,
        aggregate_id: String,
        aggregate_type: String,
        version: f64,
        reducer: String,
        data: &str,
    ) -> Promise {
        let data = JsonText::parse(data).map_err(|error| InvalidInput::argument("data", error.to_string()));
        self.run(async move |store| {
            let id = aggregate_id_of(&aggregate_id)?;
            let aggregate_type = AggregateType::parse(&aggregate_type)
                .map_err(|reason| InvalidInput::argument("aggregateType", reason))?;
            let version = integer("version", version)?;
            store
                .create_snapshot(&id, &aggregate_type, version, data?, &reducer_of(&reducer)?)
                .await?;
            Ok(JsValue::UNDEFINED)
        })
    }

    pub fn snapshot(&self, aggregate_id: String, reducer: String) -> Promise {
        self.run(async move |store| {
            let found = store
                .snapshot(&aggregate_id_of(&aggregate_id)?, &reducer_of(&reducer)?)
                .await?;
            Ok(found.map_or(JsValue::UNDEFINED, |snapshot| results::snapshot(&snapshot).into()))
        })
    }

    #[wasm_bindgen(js_name = deleteSnapshot)]
    pub fn delete_snapshot(&self, aggregate_id: String, reducer: String) -> Promise {
        self.run(async move |store| {
            store
                .delete_snapshot(&aggregate_id_of(&aggregate_id)?, &reducer_of(&reducer)?)
                .await?;
            Ok(JsValue::UNDEFINED)
        })
    }

    pub fn checkpoint(&self, name: String) -> Promise {
        self.run(async move |store| {
            let cursor = store.checkpoint(&checkpoint_of(&name)?).await?;
            Ok(cursor.map_or(JsValue::UNDEFINED, |cursor| cursor.to_cursor().into()))
        })
    }

    #[wasm_bindgen(js_name = saveCheckpoint)]
    pub fn save_checkpoint(&self, name: String, from: Option<String>, to: String) -> Promise {
        self.run(async move |store| {
            let from = from.map(|from| cursor_of("from", &from)).transpose()?;
            let step = CheckpointMove {
                name: checkpoint_of(&name)?,
                from,
                to: cursor_of("to", &to)?,
            };
            store
                .save_checkpoint(step)
                .await
                .map_err(|error| Failure::of_checkpoint(error, &name))?;
            Ok(JsValue::UNDEFINED)
        })
    }

    pub fn subscribe(&self, filter: &str, after: &str) -> Promise {
        let read = EventFilter::read_json(filter).and_then(|filter| Ok((filter, subscribe_from(after)?)));
        self.run(async move |store| {
            let (filter, after) = read?;
            Ok(RawSubscription::new(store.subscribe(filter, after).await?).into())
        })
    }

    pub fn health(&self) -> Promise {
        self.run(async move |store| Ok(results::health(&store.health().await).into()))
    }

    pub fn close(&self) -> Promise {
        self.run(async move |store| {
            store.close().await;
            Ok(JsValue::UNDEFINED)
        })
    }
}

impl RawStore {
    fn new(storage: AnyStorage) -> Self {
        Self {
            store: Rc::new(EventStore::new(storage, environment::system(), Limits::default())),
        }
    }

    fn run(&self, work: impl AsyncFnOnce(&EventStore<AnyStorage>) -> Result<JsValue, Failure> + 'static) -> Promise {
        let store = Rc::clone(&self.store);
        promise(async move { work(&store).await })
    }
}

pub(super) fn promise(future: impl Future<Output = Result<JsValue, Failure>> + 'static) -> Promise {
    let future: Pin<Box<dyn Future<Output = Result<JsValue, Failure>>>> = Box::pin(future);
    settle(future)
}

/// One copy in the wasm for all methods.
fn settle(future: Pin<Box<dyn Future<Output = Result<JsValue, Failure>>>>) -> Promise {
    future_to_promise(async move { future.await.map_err(JsValue::from) })
}

fn limits(max_events: u32) -> PageLimits {
    PageLimits {
        events: usize::try_from(max_events).unwrap_or(usize::MAX),
        ..PageLimits::default()
    }
}

/// A whole number from 0 to 2^53 − 1.
fn integer(field: &str, value: f64) -> Result<u64, InvalidInput> {
    #[expect(clippy::cast_precision_loss, reason = "2^53 - 1 is exact")]
    let in_range = value.fract() == 0.0 && (0.0..=MAX_SAFE_INTEGER as f64).contains(&value);
    if !in_range {
        return Err(InvalidInput::argument(
            field,
            format!(
                "is {}; a whole number from 0 to {MAX_SAFE_INTEGER} is allowed",
                shown(value)
            ),
        ));
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked right above"
    )]
    Ok(value as u64)
}

/// The number as JavaScript writes it: the code for that is in the browser already.
fn shown(value: f64) -> String {
    String::from(js_sys::Number::from(value).to_string_with_radix(10).unwrap_or_default())
}

fn aggregate_id_of(text: &str) -> Result<AggregateId, InvalidInput> {
    AggregateId::parse(text).map_err(|reason| InvalidInput::argument("aggregateId", reason))
}

fn reducer_of(text: &str) -> Result<ReducerIdentity, InvalidInput> {
    ReducerIdentity::parse(text).map_err(|reason| InvalidInput::argument("reducer", reason))
}

fn checkpoint_of(text: &str) -> Result<CheckpointName, InvalidInput> {
    CheckpointName::parse(text).map_err(|reason| InvalidInput::argument("name", reason))
}

fn cursor_of(field: &str, text: &str) -> Result<Cursor, InvalidInput> {
    Head::from_cursor(text).map_err(|reason| InvalidInput::argument(field, reason))
}

/// A sequence number, `"end"` or a cursor, as JSON.
fn subscribe_from(json: &str) -> Result<SubscribeFrom, InvalidInput> {
    let mut cursor = JsonCursor::new(json);
    let invalid = |reason: String| InvalidInput::argument("after", reason);
    let from = if cursor.peek_value() == Some(b'"') {
        match cursor.string().map_err(|error| invalid(error.to_string()))?.as_ref() {
            "end" => SubscribeFrom::End,
            text => SubscribeFrom::Cursor(Head::from_cursor(text).map_err(invalid)?),
        }
    } else {
        let number = cursor.integer();
        SubscribeFrom::Sequence(
            number.map_err(|_| invalid("is neither a sequence number, \"end\" nor a cursor".to_owned()))?,
        )
    };
    cursor.end().map_err(|error| invalid(error.to_string()))?;
    Ok(from)
}
