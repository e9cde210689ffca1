//! What planning needs to know beyond the tip: where sealed aggregates stand, and which sealed appends hold a group's ids.

use js_sys::Array;
use wasm_bindgen::JsValue;

use super::{
    append::Pending,
    log::Log,
    port::{array, port, strings},
    schema,
};
use crate::{
    core::{
        AggregateId, AggregateType, EventId, IndexMap,
        append::{AggregateState, StoredAppend},
    },
    storage::StorageError,
};

/// Sealed appends that ids were looked up in; true as long as nothing more is sealed.
#[derive(Default)]
pub(super) struct Facts {
    sealed_to: Option<u64>,
    appends: IndexMap<EventId, Option<StoredAppend>>,
}

/// What has to be looked up.
#[derive(Default)]
pub(super) struct Missing {
    sealed_to: Option<u64>,
    aggregates: Vec<AggregateId>,
    time_ordered: Vec<EventId>,
    others: Vec<EventId>,
}

impl Facts {
    /// The sealed appends that were found, by the ids they were looked up with.
    pub(super) fn sealed_appends(&self) -> &IndexMap<EventId, Option<StoredAppend>> {
        &self.appends
    }

    /// What is not known yet of what these appends need; none if all is known.
    pub(super) fn missing(&mut self, log: &Log, group: &[Pending]) -> Option<Missing> {
        let tip = log.tip.borrow();
        let mut missing = Missing {
            sealed_to: tip.sealed.map(|sealed| sealed.to),
            ..Missing::default()
        };
        if self.sealed_to != missing.sealed_to {
            *self = Self {
                sealed_to: missing.sealed_to,
                appends: IndexMap::default(),
            };
        }
        for pending in group {
            for id in pending.append.aggregates() {
                if tip.known_aggregate(id).is_err() {
                    missing.aggregates.push(id.clone());
                }
            }
            for event in pending.append.events() {
                let id = event.content.id;
                if tip.may_be_sealed(id) && !self.appends.contains(&id) {
                    missing.add_id(id);
                }
            }
        }
        (!missing.is_empty()).then_some(missing)
    }

    /// Takes what was found, unless more was sealed meanwhile: then it may be out of date and is looked up again.
    pub(super) fn learn(&mut self, log: &Log, missing: &Missing, answer: JsValue) -> Result<(), StorageError> {
        let (aggregates, appends) = missing.read(answer)?;
        let mut tip = log.tip.borrow_mut();
        if tip.sealed.map(|sealed| sealed.to) != missing.sealed_to {
            return Ok(());
        }
        for (id, state) in missing.aggregates.iter().zip(aggregates) {
            tip.learn_aggregate(id.clone(), state);
        }
        for (id, append) in missing.ids().zip(appends) {
            self.appends.insert(id, append);
        }
        Ok(())
    }

    /// Looks up what is missing until nothing is.
    pub(super) async fn gather(&mut self, log: &Log, group: &[Pending]) -> Result<(), StorageError> {
        while let Some(missing) = self.missing(log, group) {
            let answer = log.call(&|database| missing.look_up(database)).await?;
            self.learn(log, &missing, answer)?;
        }
        Ok(())
    }
}

impl Missing {
    /// The names to look up, as `port.js` wants them.
    pub(super) fn names(&self) -> [Array; 3] {
        let ids = |ids: &[EventId]| ids.iter().map(|id| JsValue::from_str(&id.to_string())).collect();
        [
            strings(self.aggregates.iter().map(AggregateId::as_str)),
            ids(&self.time_ordered),
            ids(&self.others),
        ]
    }

    fn look_up(&self, database: &JsValue) -> js_sys::Promise {
        let [aggregates, time_ordered, others] = self.names();
        port().look_up(database, &aggregates, &time_ordered, &others)
    }

    fn add_id(&mut self, id: EventId) {
        if id.is_time_ordered() {
            self.time_ordered.push(id);
        } else {
            self.others.push(id);
        }
    }

    fn ids(&self) -> impl Iterator<Item = EventId> {
        self.time_ordered.iter().chain(&self.others).copied()
    }

    fn is_empty(&self) -> bool {
        self.aggregates.is_empty() && self.time_ordered.is_empty() && self.others.is_empty()
    }

    /// Reads an answer of `lookUp`: a state for each aggregate, an append for each id.
    #[expect(clippy::type_complexity, reason = "two lists, taken apart right away")]
    fn read(&self, answer: JsValue) -> Result<(Vec<Option<AggregateState>>, Vec<Option<StoredAppend>>), StorageError> {
        let answer = array(answer);
        let mut states = Vec::new();
        for (id, key) in self.aggregates.iter().zip(array(answer.get(0)).iter()) {
            states.push(match key.as_string() {
                None => None,
                Some(key) => Some(read_state(&key).ok_or_else(|| {
                    StorageError::corrupted(0, format!("a key of the copies of aggregate \"{id}\" is damaged"))
                })?),
            });
        }
        let mut appends = Vec::new();
        for (id, segment) in self.ids().zip(array(answer.get(1)).iter()) {
            appends.push(if segment.is_undefined() {
                None
            } else {
                let segment = schema::read_record(&segment)?;
                let index = segment.directory().events.iter().position(|event| event.id == id);
                index.map(|index| segment.append_with(index))
            });
        }
        Ok((states, appends))
    }
}

/// Where a sealed aggregate stands.
pub(super) async fn sealed_aggregate(log: &Log, id: &AggregateId) -> Result<Option<AggregateState>, StorageError> {
    let missing = Missing {
        aggregates: vec![id.clone()],
        ..Missing::default()
    };
    let answer = log.call(&|database| missing.look_up(database)).await?;
    Ok(missing.read(answer)?.0.pop().flatten())
}

/// The sealed append that stored the event with this id.
pub(super) async fn sealed_append_with(log: &Log, id: EventId) -> Result<Option<StoredAppend>, StorageError> {
    let mut missing = Missing::default();
    missing.add_id(id);
    let answer = log.call(&|database| missing.look_up(database)).await?;
    Ok(missing.read(answer)?.1.pop().flatten())
}

fn read_state(key: &str) -> Option<AggregateState> {
    let (version, aggregate_type) = schema::read_aggregate_key(key)?;
    Some(AggregateState {
        version,
        aggregate_type: AggregateType::parse(aggregate_type).ok()?,
    })
}
