use crate::core::{AggregateId, AggregateType, EventId, EventType, JsonText, Label, Timestamp};

/// What an event says, without its position in the log: what the digest covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventContent {
    /// Unique in the log.
    pub id: EventId,
    /// The aggregate that the event belongs to.
    pub aggregate_id: AggregateId,
    /// The aggregate's fixed type.
    pub aggregate_type: AggregateType,
    /// What happened.
    pub event_type: EventType,
    /// The version of this event type's payload, from 1.
    pub schema_version: u16,
    /// When the caller says it happened.
    pub created_at: Timestamp,
    /// At most 16, for filters and conditions.
    pub tags: Vec<Label>,
    /// Who caused it; stays in clear for ever, so a pseudonym.
    pub caused_by: Option<Label>,
    /// The event or command that led to this one.
    pub causation_id: Option<Label>,
    /// The business operation that it belongs to.
    pub correlation_id: Option<Label>,
    /// A JSON object, or none.
    pub metadata: Option<JsonText>,
    /// The payload: any JSON value, kept as written.
    pub event_data: JsonText,
}

impl EventContent {
    /// The size that [`Limits`](crate::core::Limits) speak of: bytes of names, tags, references and payloads.
    pub fn size(&self) -> usize {
        let labels = self
            .tags
            .iter()
            .chain(&self.caused_by)
            .chain(&self.causation_id)
            .chain(&self.correlation_id);
        self.aggregate_id.as_str().len()
            + self.aggregate_type.as_str().len()
            + self.event_type.as_str().len()
            + labels.map(|label| label.as_str().len()).sum::<usize>()
            + self.metadata.as_ref().map_or(0, |json| json.as_str().len())
            + self.event_data.as_str().len()
    }
}
