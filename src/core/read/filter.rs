use super::OneOf;
use crate::core::{
    AggregateId, AggregateType, EventType, Label, MAX_SAFE_INTEGER, Timestamp,
    event::RecordedEvent,
    record::{DamagedRecord, Record},
};

/// Which events are meant: those that fit every condition given. An empty filter fits every event.
///
/// [`EventFilter::matches`] is its meaning; every backend agrees with it, whatever indexes it uses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// One of these aggregates.
    pub aggregate_ids: Option<OneOf<AggregateId>>,
    /// This type of aggregate.
    pub aggregate_type: Option<AggregateType>,
    /// One of these types of event.
    pub event_types: Option<OneOf<EventType>>,
    /// All of these tags.
    pub tags: Vec<Label>,
    /// At least this sequence number.
    pub from_sequence: Option<u64>,
    /// At most this sequence number.
    pub to_sequence: Option<u64>,
    /// At least this version in its aggregate.
    pub from_version: Option<u64>,
    /// At most this version in its aggregate.
    pub to_version: Option<u64>,
    /// Recorded at this time or later.
    pub from_recorded_at: Option<Timestamp>,
    /// Recorded at this time or earlier.
    pub to_recorded_at: Option<Timestamp>,
    /// Caused by this one.
    pub caused_by: Option<Label>,
    /// Belonging to this business operation.
    pub correlation_id: Option<Label>,
}

impl EventFilter {
    /// Whether the event is meant.
    pub fn matches(&self, event: &RecordedEvent) -> bool {
        let content = &event.content;
        self.matches_place(event.sequence_number, event.aggregate_version, event.recorded_at)
            && self.matches_names(&content.aggregate_id, &content.aggregate_type, &content.event_type)
            && self.matches_labels(event)
    }

    /// As [`EventFilter::matches`] for event `index` of a record; reads its text only if the directory cannot tell.
    ///
    /// # Errors
    ///
    /// [`DamagedRecord`] if the text had to be read and is not an event's.
    pub fn matches_in(&self, record: &Record, index: usize) -> Result<bool, DamagedRecord> {
        let directory = record.directory();
        let entry = &directory.events[index];
        let recorded_at = directory.appends[directory.append_of(index)].recorded_at;
        let (aggregate_id, aggregate_type) = &directory.aggregates[entry.aggregate];
        let may = self.matches_place(directory.sequence_number(index), entry.aggregate_version, recorded_at)
            && self.matches_names(aggregate_id, aggregate_type, &directory.event_types[entry.event_type]);
        if !may || !self.has_labels() {
            return Ok(may);
        }
        Ok(self.matches_labels(&record.event(index)?))
    }

    /// The sequence numbers outside of which nothing matches, both inclusive.
    pub fn sequence_bounds(&self) -> (u64, u64) {
        (
            self.from_sequence.unwrap_or(1).max(1),
            self.to_sequence.unwrap_or(MAX_SAFE_INTEGER),
        )
    }

    /// Whether nothing but event types and sequence numbers is asked for.
    pub fn has_only_types(&self) -> bool {
        let rest = [
            self.aggregate_ids.is_none(),
            self.aggregate_type.is_none(),
            self.from_version.is_none(),
            self.to_version.is_none(),
            self.from_recorded_at.is_none(),
            self.to_recorded_at.is_none(),
            !self.has_labels(),
        ];
        !rest.contains(&false)
    }

    fn matches_place(&self, sequence_number: u64, aggregate_version: u64, recorded_at: Timestamp) -> bool {
        self.from_sequence.is_none_or(|from| sequence_number >= from)
            && self.to_sequence.is_none_or(|to| sequence_number <= to)
            && self.from_version.is_none_or(|from| aggregate_version >= from)
            && self.to_version.is_none_or(|to| aggregate_version <= to)
            && self.from_recorded_at.is_none_or(|from| recorded_at >= from)
            && self.to_recorded_at.is_none_or(|to| recorded_at <= to)
    }

    fn matches_names(&self, id: &AggregateId, aggregate_type: &AggregateType, event_type: &EventType) -> bool {
        self.aggregate_ids.as_ref().is_none_or(|ids| ids.contains(id))
            && self
                .aggregate_type
                .as_ref()
                .is_none_or(|wanted| wanted == aggregate_type)
            && self.event_types.as_ref().is_none_or(|types| types.contains(event_type))
    }

    fn has_labels(&self) -> bool {
        !self.tags.is_empty() || self.caused_by.is_some() || self.correlation_id.is_some()
    }

    fn matches_labels(&self, event: &RecordedEvent) -> bool {
        let content = &event.content;
        self.tags.iter().all(|tag| content.tags.contains(tag))
            && (self.caused_by.is_none() || self.caused_by == content.caused_by)
            && (self.correlation_id.is_none() || self.correlation_id == content.correlation_id)
    }
}
