//! What planning needs to know beyond the tip: where sealed aggregates stand, and which sealed appends hold a group's ids.

use std::collections::HashMap;

use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{IdbCursor, IdbCursorDirection};

use super::{
    append::Pending,
    log::Log,
    port::{Transaction, key_range_within, number, request},
    schema::{self, BY_AGGREGATE, IDS, SEG_IDS, SEGMENTS},
    tip_loader::segment_with,
    trouble::Trouble,
};
use crate::{
    core::{
        AggregateId, AggregateType, EventId,
        append::{AggregateState, PreparedAppend, StoredAppend},
    },
    storage::StorageError,
};

/// The stores that [`look_up`] reads.
pub(super) const FACT_STORES: [&str; 4] = [BY_AGGREGATE, IDS, SEG_IDS, SEGMENTS];

/// Sealed appends that ids were looked up in; true as long as nothing more is sealed.
#[derive(Default)]
pub(super) struct Facts {
    sealed_to: Option<u64>,
    appends: HashMap<EventId, Option<StoredAppend>>,
}

/// What has to be looked up.
pub(super) struct Missing {
    sealed_to: Option<u64>,
    aggregates: Vec<AggregateId>,
    ids: Vec<EventId>,
}

/// What was found.
pub(super) struct Found {
    aggregates: Vec<(AggregateId, Option<AggregateState>)>,
    appends: Vec<(EventId, Option<StoredAppend>)>,
}

impl Facts {
    /// The sealed appends that were found, by the ids they were looked up with.
    pub(super) fn sealed_appends(&self) -> HashMap<EventId, StoredAppend> {
        self.appends
            .iter()
            .filter_map(|(id, append)| Some((*id, append.clone()?)))
            .collect()
    }

    /// What is not known yet of what these appends need; none if all is known.
    pub(super) fn missing(&mut self, log: &Log, group: &[Pending]) -> Option<Missing> {
        self.missing_for(log, group.iter().map(|pending| &pending.append))
    }

    /// Takes what was found, unless more was sealed meanwhile: then it may be out of date and is looked up again.
    pub(super) fn learn(&mut self, log: &Log, missing: &Missing, found: Found) {
        let mut tip = log.tip.borrow_mut();
        if tip.sealed.map(|sealed| sealed.to) != missing.sealed_to {
            return;
        }
        found
            .aggregates
            .into_iter()
            .for_each(|(id, state)| tip.learn_aggregate(id, state));
        self.appends.extend(found.appends);
    }

    /// Looks up what is missing until nothing is.
    pub(super) async fn gather(&mut self, log: &Log, group: &[Pending]) -> Result<(), StorageError> {
        while let Some(missing) = self.missing(log, group) {
            let found = log
                .read(&FACT_STORES, async |transaction| look_up(transaction, &missing).await)
                .await?;
            self.learn(log, &missing, found);
        }
        Ok(())
    }

    fn missing_for<'a>(
        &mut self,
        log: &Log,
        appends: impl Iterator<Item = &'a PreparedAppend> + Clone,
    ) -> Option<Missing> {
        let tip = log.tip.borrow();
        let sealed_to = tip.sealed.map(|sealed| sealed.to);
        if self.sealed_to != sealed_to {
            *self = Self {
                sealed_to,
                appends: HashMap::new(),
            };
        }
        let mut aggregates: Vec<AggregateId> = appends
            .clone()
            .flat_map(PreparedAppend::aggregates)
            .filter(|id| tip.known_aggregate(id).is_none())
            .cloned()
            .collect();
        aggregates.sort_unstable();
        aggregates.dedup();
        let ids: Vec<EventId> = appends
            .flat_map(PreparedAppend::events)
            .map(|event| event.content.id)
            .filter(|id| tip.may_be_sealed(*id) && !self.appends.contains_key(id))
            .collect();
        (!aggregates.is_empty() || !ids.is_empty()).then_some(Missing {
            sealed_to,
            aggregates,
            ids,
        })
    }
}

/// Looks up in a transaction over [`FACT_STORES`] or more.
pub(super) async fn look_up(transaction: &Transaction, missing: &Missing) -> Result<Found, Trouble> {
    let aggregates = look_up_aggregates(transaction, &missing.aggregates).await?;
    let mut appends = Vec::with_capacity(missing.ids.len());
    for id in &missing.ids {
        appends.push((*id, sealed_append_with(transaction, *id).await?));
    }
    Ok(Found { aggregates, appends })
}

/// The sealed append that stored the event with this id.
pub(super) async fn sealed_append_with(
    transaction: &Transaction,
    id: EventId,
) -> Result<Option<StoredAppend>, Trouble> {
    let last = if id.is_time_ordered() {
        time_ordered_place(transaction, id).await?
    } else {
        other_place(transaction, id).await?
    };
    let Some(within) = last else { return Ok(None) };
    let Some(segment) = segment_with(transaction, within).await? else {
        return Ok(None);
    };
    let index = segment.directory().events.iter().position(|event| event.id == id);
    Ok(index.map(|index| segment.append_with(index)))
}

/// Where a sealed aggregate stands.
pub(super) async fn sealed_aggregate(
    transaction: &Transaction,
    id: &AggregateId,
) -> Result<Option<AggregateState>, Trouble> {
    let found = look_up_aggregates(transaction, std::slice::from_ref(id)).await?;
    Ok(found.into_iter().next().and_then(|(_, state)| state))
}

async fn look_up_aggregates(
    transaction: &Transaction,
    ids: &[AggregateId],
) -> Result<Vec<(AggregateId, Option<AggregateState>)>, Trouble> {
    let store = transaction.store(BY_AGGREGATE)?;
    let mut requests = Vec::with_capacity(ids.len());
    for id in ids {
        let prefix = schema::aggregate_prefix(id);
        let range = key_range_within(&JsValue::from_str(&prefix), &JsValue::from_str(&format!("{id}\u{1}")))?;
        requests.push(store.open_key_cursor_with_range_and_direction(&range, IdbCursorDirection::Prev));
    }
    let mut found = Vec::with_capacity(ids.len());
    for (id, issued) in ids.iter().zip(requests) {
        let cursor = request(issued).await?;
        let key = cursor
            .dyn_ref::<IdbCursor>()
            .and_then(|cursor| cursor.key().ok())
            .and_then(|key| key.as_string());
        let state = match key {
            None => None,
            Some(key) => Some(read_state(&key).ok_or_else(|| {
                StorageError::corrupted(0, format!("a key of the copies of aggregate \"{id}\" is damaged"))
            })?),
        };
        found.push((id.clone(), state));
    }
    Ok(found)
}

fn read_state(key: &str) -> Option<AggregateState> {
    let (version, aggregate_type) = schema::read_aggregate_key(key)?;
    Some(AggregateState {
        version,
        aggregate_type: AggregateType::parse(aggregate_type).ok()?,
    })
}

/// A sequence number in the segment that holds a time-ordered id.
async fn time_ordered_place(transaction: &Transaction, id: EventId) -> Result<Option<u64>, Trouble> {
    let store = transaction.store(SEG_IDS)?;
    let keys = schema::string_keys(request(store.get_all_keys()).await?);
    for key in keys {
        let Some((smallest, largest, last)) = schema::read_id_range_key(&key) else {
            continue;
        };
        if id < smallest || id > largest {
            continue;
        }
        let ids = request(store.get(&JsValue::from_str(&key))).await?;
        if ids
            .dyn_ref::<Uint8Array>()
            .is_some_and(|ids| contains(&ids.to_vec(), id))
        {
            return Ok(Some(last));
        }
    }
    Ok(None)
}

async fn other_place(transaction: &Transaction, id: EventId) -> Result<Option<u64>, Trouble> {
    let found = request(transaction.store(IDS)?.get(&JsValue::from_str(&id.to_string()))).await?;
    Ok(number(&found))
}

/// Whether sorted ids of 16 bytes each hold this one.
fn contains(sorted: &[u8], id: EventId) -> bool {
    let (ids, _) = sorted.as_chunks::<16>();
    ids.binary_search(id.as_bytes()).is_ok()
}
