use std::collections::HashMap;

use foldlog::{
    core::{
        AggregateId, AggregateType, Digest, Epoch, EventId, Head, Link, Timestamp,
        append::{AggregateState, LogView, StoredAppend, StoredEventKey},
    },
    storage::StorageError,
};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::tables::{array, durability_of, head_of, number_of, parsed, time_of};

/// What planning needs to know of a log, read while its head is locked.
pub(super) struct Facts {
    pub(super) head: Head,
    pub(super) append_number: u64,
    pub(super) is_mirror: bool,
    last_recorded_at: Timestamp,
    aggregates: HashMap<AggregateId, AggregateState>,
    appends: Vec<StoredAppend>,
    append_of_event: HashMap<EventId, usize>,
}

impl Facts {
    /// Reads the rows of `lock_head`, `find_appends` and `aggregates`.
    pub(super) fn read(head: &Row, found: &[Row], aggregates: &[Row]) -> Result<Self, StorageError> {
        let mut facts = Self {
            head: head_of(head),
            append_number: number_of(head, "head_append_number"),
            is_mirror: head.get("is_mirror"),
            last_recorded_at: time_of(head, "last_recorded_at"),
            aggregates: HashMap::new(),
            appends: stored_appends(found)?,
            append_of_event: HashMap::new(),
        };
        for (index, append) in facts.appends.iter().enumerate() {
            facts
                .append_of_event
                .extend(append.events.iter().map(|event| (event.id, index)));
        }
        for row in aggregates {
            let at = facts.head.sequence_number;
            let id = parsed(AggregateId::parse(row.get("aggregate_id")), at, "aggregate_id")?;
            let state = aggregate_state(row, at)?;
            facts.aggregates.insert(id, state);
        }
        Ok(facts)
    }
}

impl LogView for Facts {
    fn head(&self) -> Head {
        self.head
    }

    fn last_recorded_at(&self) -> Timestamp {
        self.last_recorded_at
    }

    fn aggregate(&self, id: &AggregateId) -> Option<AggregateState> {
        self.aggregates.get(id).cloned()
    }

    fn append_with(&self, id: EventId) -> Option<StoredAppend> {
        self.append_of_event.get(&id).map(|index| self.appends[*index].clone())
    }
}

/// Where an aggregate stands, from a row of `aggregates`.
pub(crate) fn aggregate_state(row: &Row, at: u64) -> Result<AggregateState, StorageError> {
    Ok(AggregateState {
        version: number_of(row, "aggregate_version"),
        aggregate_type: parsed(AggregateType::parse(row.get("aggregate_type")), at, "aggregate_type")?,
    })
}

/// The appends of the rows of `find_appends`, which are in order.
pub(crate) fn stored_appends(rows: &[Row]) -> Result<Vec<StoredAppend>, StorageError> {
    let mut appends: Vec<StoredAppend> = Vec::new();
    let mut current = None;
    for row in rows {
        let append_number = number_of(row, "append_number");
        if current != Some(append_number) {
            current = Some(append_number);
            appends.push(StoredAppend {
                first_sequence_number: number_of(row, "first_sequence_number"),
                recorded_at: time_of(row, "recorded_at"),
                durability: durability_of(row),
                head: Head {
                    epoch: Epoch::from_bytes(row.get::<_, Uuid>("epoch").into_bytes()),
                    sequence_number: number_of(row, "last_sequence_number"),
                    link: Link::from_bytes(array(row, "link")),
                },
                events: Vec::new(),
            });
        }
        let sequence_number = number_of(row, "sequence_number");
        let key = StoredEventKey {
            id: EventId::from_bytes(row.get::<_, Uuid>("id").into_bytes()),
            digest: Digest::from_bytes(array(row, "digest")),
            created_at: time_of(row, "created_at"),
            aggregate_id: parsed(
                AggregateId::parse(row.get("aggregate_id")),
                sequence_number,
                "aggregate_id",
            )?,
            aggregate_version: number_of(row, "aggregate_version"),
        };
        if let Some(append) = appends.last_mut() {
            append.events.push(key);
        }
    }
    Ok(appends)
}
