//! What planning needs to know beyond the tip: where sealed aggregates stand, and which sealed appends hold a group's ids.

use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::JsValue;

use super::{
    append::Group,
    log::Log,
    port::{Transaction, array, string},
    schema,
    work::Work,
};
use crate::{
    core::{
        AggregateId, AggregateType, EventId, IndexMap,
        append::{AggregateState, StoredAppend},
        record::Record,
    },
    storage::StorageError,
};

/// What a group of appends needs: it is looked up until nothing is missing. The sealed appends are true as long as nothing more is
/// sealed; where aggregates stand is remembered in the tip.
pub(super) struct Facts {
    wanted: Wanted,
    sealed_to: Option<u64>,
    appends: IndexMap<EventId, Option<StoredAppend>>,
    asked: Missing,
}

/// What is to be written, so that its aggregates and ids have to be known.
pub(super) enum Wanted {
    Group(Group),
    Record(Rc<Record>),
}

/// What has to be looked up.
#[derive(Default)]
struct Missing {
    sealed_to: Option<u64>,
    aggregates: Vec<AggregateId>,
    time_ordered: Vec<EventId>,
    others: Vec<EventId>,
}

impl Facts {
    /// Nothing is known yet.
    pub(super) fn of(wanted: Wanted) -> Self {
        Self {
            wanted,
            sealed_to: None,
            appends: IndexMap::default(),
            asked: Missing::default(),
        }
    }

    /// The sealed appends that were found, by the ids they were looked up with.
    pub(super) fn sealed_appends(&self) -> &IndexMap<EventId, Option<StoredAppend>> {
        &self.appends
    }

    /// The names of what is not known yet, as `port.js` wants them; none if all is known.
    pub(super) fn missing(&mut self, log: &Log) -> Option<[Array; 3]> {
        let tip = log.tip.borrow();
        let mut missing = Missing {
            sealed_to: tip.sealed.map(|sealed| sealed.to),
            ..Missing::default()
        };
        if self.sealed_to != missing.sealed_to {
            self.sealed_to = missing.sealed_to;
            self.appends = IndexMap::default();
        }
        let aggregate = |missing: &mut Missing, id: &AggregateId| {
            if tip.known_aggregate(id).is_err() {
                missing.aggregates.push(id.clone());
            }
        };
        let event = |missing: &mut Missing, id: EventId| {
            if tip.may_be_sealed(id) && !self.appends.contains(&id) {
                missing.add_id(id);
            }
        };
        match &self.wanted {
            Wanted::Group(group) => {
                for pending in &**group {
                    for id in pending.append.aggregates() {
                        aggregate(&mut missing, id);
                    }
                    for prepared in pending.append.events() {
                        event(&mut missing, prepared.content.id);
                    }
                }
            }
            Wanted::Record(record) => {
                for (id, _) in &record.directory().aggregates {
                    aggregate(&mut missing, id);
                }
                for entry in &record.directory().events {
                    event(&mut missing, entry.id);
                }
            }
        }
        self.asked = missing;
        (!self.asked.is_empty()).then(|| self.asked.names())
    }

    /// Takes what was found, unless more was sealed meanwhile: then it may be out of date and is looked up again.
    pub(super) fn learn(&mut self, log: &Log, answer: &Array) -> Result<(), StorageError> {
        let mut tip = log.tip.borrow_mut();
        if tip.sealed.map(|sealed| sealed.to) != self.asked.sealed_to {
            return Ok(());
        }
        let (keys, segments) = (array(answer.get(0)), array(answer.get(1)));
        for (index, id) in (0..).zip(&self.asked.aggregates) {
            tip.learn_aggregate(id.clone(), state_in(&keys.get(index), id)?);
        }
        for (index, id) in (0..).zip(self.asked.ids()) {
            self.appends.insert(id, append_in(&segments.get(index), id)?);
        }
        Ok(())
    }
}

impl Work for Facts {
    fn next(&mut self, log: &Log) -> Result<Option<Transaction>, StorageError> {
        Ok(self.missing(log).map(Transaction::look_up))
    }

    fn take(&mut self, log: &Log, answer: &Array) -> Result<(), StorageError> {
        self.learn(log, answer)
    }
}

impl Missing {
    fn names(&self) -> [Array; 3] {
        let aggregates = Array::new();
        for id in &self.aggregates {
            aggregates.push(&id.as_str().into());
        }
        [aggregates, texts(&self.time_ordered), texts(&self.others)]
    }

    fn add_id(&mut self, id: EventId) {
        if id.is_time_ordered() {
            self.time_ordered.push(id);
        } else {
            self.others.push(id);
        }
    }

    /// In the order of the answers.
    fn ids(&self) -> impl Iterator<Item = EventId> {
        self.time_ordered.iter().chain(&self.others).copied()
    }

    fn is_empty(&self) -> bool {
        self.aggregates.is_empty() && self.time_ordered.is_empty() && self.others.is_empty()
    }
}

fn texts(ids: &[EventId]) -> Array {
    let texts = Array::new();
    for id in ids {
        texts.push(&id.to_string().into());
    }
    texts
}

/// Where a sealed aggregate stands.
pub(super) async fn sealed_aggregate(log: &Log, id: &AggregateId) -> Result<Option<AggregateState>, StorageError> {
    let mut missing = Missing::default();
    missing.aggregates.push(id.clone());
    let answer = log.call(Transaction::look_up(missing.names())).await?;
    state_in(&array(array(answer.value).get(0)).get(0), id)
}

/// The sealed append that stored the event with this id.
pub(super) async fn sealed_append_with(log: &Log, id: EventId) -> Result<Option<StoredAppend>, StorageError> {
    let mut missing = Missing::default();
    missing.add_id(id);
    let answer = log.call(Transaction::look_up(missing.names())).await?;
    append_in(&array(array(answer.value).get(1)).get(0), id)
}

/// Where an aggregate stands, from the key of its last copy.
fn state_in(key: &JsValue, id: &AggregateId) -> Result<Option<AggregateState>, StorageError> {
    let Some(key) = string(key) else { return Ok(None) };
    let state = schema::read_aggregate_key(&key).and_then(|(version, aggregate_type)| {
        let aggregate_type = AggregateType::parse(aggregate_type).ok()?;
        Some(AggregateState {
            version,
            aggregate_type,
        })
    });
    let damaged = || StorageError::corrupted(0, format!("a key of the copies of aggregate \"{id}\" is damaged"));
    state.map(Some).ok_or_else(damaged)
}

/// The append that stored the event with this id, from its segment.
fn append_in(segment: &JsValue, id: EventId) -> Result<Option<StoredAppend>, StorageError> {
    if segment.is_undefined() {
        return Ok(None);
    }
    let misled = || StorageError::corrupted(0, format!("the event {id} is not where its id is said to stand"));
    if segment.is_null() {
        return Err(misled());
    }
    let segment = schema::read_record(segment, 0)?;
    let index = segment.directory().events.iter().position(|event| event.id == id);
    index.map(|index| Some(segment.append_with(index))).ok_or_else(misled)
}
