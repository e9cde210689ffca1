use super::{Durability, PreparedAppend, Receipt};
use crate::core::{AggregateId, Digest, EventId, Head, IndexMap, Timestamp};

/// What recognises an event of a stored append.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEventKey {
    /// The event's id.
    pub id: EventId,
    /// The digest of its content.
    pub digest: Digest,
    /// When the caller said it happened.
    pub created_at: Timestamp,
    /// Its aggregate.
    pub aggregate_id: AggregateId,
    /// Its version in the aggregate.
    pub aggregate_version: u64,
}

/// An append as it is stored: enough to recognise its replay and to give its receipt again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAppend {
    /// The sequence number of its first event.
    pub first_sequence_number: u64,
    /// The log's time of the append.
    pub recorded_at: Timestamp,
    /// What was reached when it was stored.
    pub durability: Durability,
    /// The head of the log right after it.
    pub head: Head,
    /// Its events, in order.
    pub events: Vec<StoredEventKey>,
}

impl StoredAppend {
    /// Whether `append` repeats this one: the same ids in the same order, and each event equal in every field that its caller gave.
    pub fn is_repeated_by(&self, append: &PreparedAppend) -> bool {
        self.events.len() == append.events().len()
            && self.events.iter().zip(append.events()).all(|(stored, event)| {
                let digest = if event.created_at_given || event.content.created_at == stored.created_at {
                    event.digest
                } else {
                    let mut content = event.content.clone();
                    content.created_at = stored.created_at;
                    content.digest()
                };
                stored.id == event.content.id && stored.digest == digest
            })
    }

    /// The receipt that the append's first caller got, marked as replayed.
    pub fn receipt(&self) -> Receipt {
        let mut versions = IndexMap::default();
        for event in &self.events {
            versions.insert(event.aggregate_id.clone(), event.aggregate_version);
        }
        Receipt {
            first_sequence_number: self.first_sequence_number,
            last_sequence_number: self.head.sequence_number,
            versions: versions.into_entries(),
            head: self.head,
            durability: self.durability,
            replayed: true,
        }
    }

    /// The sequence number of the event with this id, if it is one of the append's.
    pub fn sequence_number_of(&self, id: EventId) -> Option<u64> {
        let index = self.events.iter().position(|event| event.id == id)?;
        Some(self.first_sequence_number + u64::try_from(index).ok()?)
    }
}
