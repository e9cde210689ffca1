use crate::core::{
    AggregateId, AggregateType, Digest, Epoch, EventId, EventType, Head, Link, Timestamp, append::Durability,
};

/// What a record holds and where, without the text itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directory {
    /// The place right before the record's first append.
    pub before: Head,
    /// The aggregates that its events belong to.
    pub aggregates: Vec<(AggregateId, AggregateType)>,
    /// The types that its events have.
    pub event_types: Vec<EventType>,
    /// Its appends, in order.
    pub appends: Vec<AppendEntry>,
    /// Its events, in order.
    pub events: Vec<EventEntry>,
    /// Whether it holds an author block or an extension, which this version reads over and could not write again.
    pub has_unknown: bool,
    /// Whether it holds a critical extension that this version does not know: the log is then read-only.
    pub has_unknown_critical: bool,
}

/// One append of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppendEntry {
    /// What was appended.
    pub kind: AppendKind,
    /// How many events of the record precede it.
    pub first_event: usize,
    /// How many events it has.
    pub event_count: usize,
    /// The log's time of the append.
    pub recorded_at: Timestamp,
    /// What was reached when it was stored.
    pub durability: Durability,
    /// Its link to all that was appended before.
    pub link: Link,
}

/// What an append is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppendKind {
    /// Events.
    Events,
    /// No events: a new epoch begins.
    EpochChange(Epoch),
}

/// One event of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventEntry {
    /// Its aggregate: a place in [`Directory::aggregates`].
    pub aggregate: usize,
    /// Its type: a place in [`Directory::event_types`].
    pub event_type: usize,
    /// Its version in the aggregate.
    pub aggregate_version: u64,
    /// Its id.
    pub id: EventId,
    /// The digest of its content.
    pub digest: Digest,
    /// When the caller says it happened.
    pub created_at: Timestamp,
    /// Where its JSON begins in the record's text, in bytes of UTF-8.
    pub offset: usize,
    /// How long its JSON is, in bytes of UTF-8.
    pub length: usize,
    /// How many UTF-16 units fewer than bytes its JSON has; 0 for ASCII.
    pub surplus: usize,
}

impl Directory {
    /// The place right after the record's last append.
    pub fn head(&self) -> Head {
        self.head_after(self.appends.len())
    }

    /// The place right after the first `count` appends.
    pub fn head_after(&self, count: usize) -> Head {
        let appends = &self.appends[..count.min(self.appends.len())];
        let Some(last) = appends.last() else {
            return self.before;
        };
        let epoch = appends.iter().rev().find_map(|append| match append.kind {
            AppendKind::EpochChange(epoch) => Some(epoch),
            AppendKind::Events => None,
        });
        Head {
            epoch: epoch.unwrap_or(self.before.epoch),
            sequence_number: self.before.sequence_number + (last.first_event + last.event_count) as u64,
            link: last.link,
        }
    }

    /// The index of the append that holds event `index` of the record.
    pub fn append_of(&self, index: usize) -> usize {
        self.appends
            .partition_point(|append| append.first_event + append.event_count <= index)
    }

    /// The index in the record of the event with this sequence number, if the record holds it.
    pub fn index_of(&self, sequence_number: u64) -> Option<usize> {
        let index = usize::try_from(sequence_number.checked_sub(self.before.sequence_number + 1)?).ok()?;
        (index < self.events.len()).then_some(index)
    }

    /// The sequence number of event `index` of the record.
    pub fn sequence_number(&self, index: usize) -> u64 {
        self.before.sequence_number + 1 + index as u64
    }

    /// The time of the last append; none for a record without appends.
    pub fn last_recorded_at(&self) -> Option<Timestamp> {
        self.appends.last().map(|append| append.recorded_at)
    }
}
