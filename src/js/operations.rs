//! The operations of a store by name: each reads its arguments when it is called, and works on when it is polled.

use std::{future::Future, pin::Pin, rc::Rc};

use wasm_bindgen::JsValue;

use super::{
    any_storage::AnyStorage,
    arguments::Arguments,
    failure::Failure,
    results,
    subscribe_from::read_subscribe_from,
    subscription::RawSubscription,
    transfer::{RawExport, RawImport},
};
use crate::{
    core::{
        AggregateId, AggregateType, CheckpointName, EventId, Head, InvalidInput, JsonCursor, JsonText, ReducerIdentity,
        append::{CheckpointMove, GivenExpectations},
        event::read_new_events,
        read::{EventFilter, PageLimits},
    },
    engine::{EventStore, VerifyError},
    storage::{AppendError, ReadAggregate, ReadEvents},
};

pub(super) type Store = EventStore<AnyStorage>;

/// An operation under way; boxed, so that the wasm has one kind of it.
pub(super) type Pending = Pin<Box<dyn Future<Output = Result<JsValue, Failure>>>>;

/// An operation under way, or why its arguments were refused.
type Begun = Result<Pending, Failure>;

/// Begins the operation that `abi.d.ts` describes under this name.
pub(super) fn begin(name: &str, store: Rc<Store>, given: &Arguments<'_>) -> Begun {
    match name {
        "append" => append(&store, given),
        "readEvents" => read_events(store, given),
        "readAggregate" => read_aggregate(store, given),
        "aggregateVersion" => aggregate_version(store, given),
        "head" => head(store, given),
        "findAppend" => find_append(store, given),
        "verify" => verify(store, given),
        "createSnapshot" => writing(create_snapshot(store, given)),
        "snapshot" => snapshot(store, given),
        "deleteSnapshot" => writing(delete_snapshot(store, given)),
        "checkpoint" => checkpoint(store, given),
        "saveCheckpoint" => writing(save_checkpoint(store, given)),
        "subscribe" => subscribe(store, given),
        "export" => export(&store, given),
        "import" => Ok(Box::pin(
            async move { Ok(RawImport::new(store.import().await?).into()) },
        )),
        "health" => Ok(Box::pin(
            async move { Ok(results::health(&store.health().await).into()) },
        )),
        "close" => Ok(Box::pin(async move {
            store.close().await;
            Ok(JsValue::UNDEFINED)
        })),
        _ => Err(InvalidInput::argument("operation", "is unknown").into()),
    }
}

/// The same operation, whose failures say what became of its write.
fn writing(begun: Begun) -> Begun {
    let pending = begun.map_err(Failure::of_write)?;
    Ok(Box::pin(async move { pending.await.map_err(Failure::of_write) }))
}

/// The place in the order of appends is that of the call.
fn append(store: &Store, given: &Arguments<'_>) -> Begun {
    let read = || {
        let events = read_new_events(&given.text(0))?;
        Ok((events, GivenExpectations::read_json(&given.text(1))?))
    };
    let (events, expectations) = read().map_err(AppendError::Invalid)?;
    let pending = store.append(events, expectations);
    Ok(Box::pin(async move { Ok(results::receipt(&pending.await?).into()) }))
}

fn read_events(store: Rc<Store>, given: &Arguments<'_>) -> Begun {
    let filter = EventFilter::read_json(&given.text(0))?;
    let from = given.integer(1, "from")?;
    let backward = given.flag(3);
    let request = ReadEvents {
        filter,
        from: (from > 0 || !backward).then_some(from),
        backward,
        with_place: false,
        limits: limits(given, 2),
    };
    Ok(Box::pin(async move {
        Ok(results::page(&store.read_events(request).await?))
    }))
}

fn read_aggregate(store: Rc<Store>, given: &Arguments<'_>) -> Begun {
    let to_version = given.integer(2, "toVersion")?;
    let request = ReadAggregate {
        id: aggregate_id(given)?,
        from_version: given.integer(1, "fromVersion")?.max(1),
        to_version: (to_version > 0).then_some(to_version),
        limits: limits(given, 3),
    };
    Ok(Box::pin(async move {
        Ok(results::page(&store.read_aggregate(request).await?))
    }))
}

fn aggregate_version(store: Rc<Store>, given: &Arguments<'_>) -> Begun {
    let id = aggregate_id(given)?;
    Ok(Box::pin(async move {
        Ok(results::number(store.aggregate_version(&id).await?))
    }))
}

fn head(store: Rc<Store>, given: &Arguments<'_>) -> Begun {
    let at = if given.is_given(0) {
        Some(given.integer(0, "at")?)
    } else {
        None
    };
    Ok(Box::pin(async move {
        let head = match at {
            None => store.head().await?,
            Some(at) => {
                let beyond = || InvalidInput::argument("at", format!("is {at}, beyond the head of the log"));
                store.place(at).await?.ok_or_else(beyond)?
            }
        };
        let mut json = String::new();
        head.write_json(&mut json);
        Ok(json.into())
    }))
}

fn find_append(store: Rc<Store>, given: &Arguments<'_>) -> Begun {
    let id = given.parsed(0, "eventId", EventId::parse)?;
    Ok(Box::pin(async move {
        let receipt = store.find_append(id).await?;
        Ok(receipt.map_or(JsValue::UNDEFINED, |receipt| results::receipt(&receipt).into()))
    }))
}

fn verify(store: Rc<Store>, given: &Arguments<'_>) -> Begun {
    let since = match given.optional_text(0) {
        None => None,
        Some(json) => Some(Head::read_json(&mut JsonCursor::new(&json)).map_err(|invalid| invalid.within("since"))?),
    };
    Ok(Box::pin(async move {
        match store.verify(since).await {
            Ok(verification) => Ok(results::verification(&verification).into()),
            Err(VerifyError::Fault(fault)) => Ok(results::fault(&fault).into()),
            Err(error) => Err(error.into()),
        }
    }))
}

fn create_snapshot(store: Rc<Store>, given: &Arguments<'_>) -> Begun {
    let id = aggregate_id(given)?;
    let aggregate_type = given.parsed(1, "aggregateType", AggregateType::parse)?;
    let version = given.integer(2, "version")?;
    let data = JsonText::parse(&given.text(4)).map_err(|error| InvalidInput::argument("data", error.to_string()))?;
    let reducer = reducer(given, 3)?;
    Ok(Box::pin(async move {
        let snapshot = store.create_snapshot(&id, &aggregate_type, version, data, &reducer);
        snapshot.await?;
        Ok(JsValue::UNDEFINED)
    }))
}

fn snapshot(store: Rc<Store>, given: &Arguments<'_>) -> Begun {
    let (id, reducer) = (aggregate_id(given)?, reducer(given, 1)?);
    Ok(Box::pin(async move {
        let found = store.snapshot(&id, &reducer).await?;
        Ok(found.map_or(JsValue::UNDEFINED, |snapshot| results::snapshot(&snapshot).into()))
    }))
}

fn delete_snapshot(store: Rc<Store>, given: &Arguments<'_>) -> Begun {
    let (id, reducer) = (aggregate_id(given)?, reducer(given, 1)?);
    Ok(Box::pin(async move {
        store.delete_snapshot(&id, &reducer).await?;
        Ok(JsValue::UNDEFINED)
    }))
}

fn checkpoint(store: Rc<Store>, given: &Arguments<'_>) -> Begun {
    let name = given.parsed(0, "name", CheckpointName::parse)?;
    Ok(Box::pin(async move {
        let cursor = store.checkpoint(&name).await?;
        Ok(cursor.map_or(JsValue::UNDEFINED, |cursor| cursor.to_cursor().into()))
    }))
}

fn save_checkpoint(store: Rc<Store>, given: &Arguments<'_>) -> Begun {
    let from = if given.is_given(1) {
        Some(given.cursor(1, "from")?)
    } else {
        None
    };
    let name = given.parsed(0, "name", CheckpointName::parse)?;
    let to = given.cursor(2, "to")?;
    Ok(Box::pin(async move {
        let step = CheckpointMove {
            name: name.clone(),
            from,
            to,
        };
        let moved = store.save_checkpoint(step).await;
        moved.map_err(|error| Failure::of_checkpoint(error, &name))?;
        Ok(JsValue::UNDEFINED)
    }))
}

fn subscribe(store: Rc<Store>, given: &Arguments<'_>) -> Begun {
    let filter = EventFilter::read_json(&given.text(0))?;
    let after = read_subscribe_from(&given.text(1))?;
    Ok(Box::pin(async move {
        Ok(RawSubscription::new(store.subscribe(filter, after).await?).into())
    }))
}

fn export(store: &Store, given: &Arguments<'_>) -> Begun {
    let after = given.integer(0, "after")?;
    let to = if given.is_given(1) {
        Some(given.integer(1, "to")?)
    } else {
        None
    };
    let export = RawExport::new(store.export(after, to));
    Ok(Box::pin(async move { Ok(export.into()) }))
}

fn aggregate_id(given: &Arguments<'_>) -> Result<AggregateId, InvalidInput> {
    given.parsed(0, "aggregateId", AggregateId::parse)
}

fn reducer(given: &Arguments<'_>, index: u32) -> Result<ReducerIdentity, InvalidInput> {
    given.parsed(index, "reducer", ReducerIdentity::parse)
}

fn limits(given: &Arguments<'_>, index: u32) -> PageLimits {
    PageLimits {
        events: given.max_events(index),
        ..PageLimits::default()
    }
}
