use super::SaveOptions;
use crate::core::{
    AggregateId, AggregateType, EventId, EventType, InvalidInput, JsonText, Label, Timestamp, event::NewEvent,
};

/// An event as an aggregate raises it: which aggregate and which id it gets is the repository's business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RaisedEvent {
    /// What happened.
    pub event_type: EventType,
    /// The version of this event type's payload, 1 to 65,535.
    pub schema_version: u16,
    /// Any JSON value, kept as written.
    pub event_data: JsonText,
    /// A JSON object, or none.
    pub metadata: Option<JsonText>,
    /// At most 16.
    pub tags: Vec<Label>,
    /// When it happened; the time of the append unless given.
    pub created_at: Option<Timestamp>,
}

impl RaisedEvent {
    /// An event with what every event needs.
    ///
    /// # Errors
    ///
    /// `invalid_event` naming the field: a name outside its limits, or a payload that is not exactly one JSON value.
    pub fn new(event_type: &str, event_data: &str) -> Result<Self, InvalidInput> {
        Ok(Self {
            event_type: EventType::parse(event_type).map_err(|reason| InvalidInput::event("eventType", reason))?,
            schema_version: 1,
            event_data: JsonText::parse(event_data)
                .map_err(|error| InvalidInput::event("eventData", error.to_string()))?,
            metadata: None,
            tags: Vec::new(),
            created_at: None,
        })
    }

    pub(super) fn into_event(
        self,
        event_id: EventId,
        aggregate_id: AggregateId,
        aggregate_type: AggregateType,
        options: &SaveOptions,
    ) -> NewEvent {
        let event = NewEvent {
            id: Some(event_id),
            aggregate_id,
            aggregate_type,
            event_type: self.event_type,
            aggregate_version: None,
            schema_version: self.schema_version,
            event_data: self.event_data,
            metadata: self.metadata,
            tags: self.tags,
            created_at: self.created_at,
            caused_by: None,
            causation_id: None,
            correlation_id: None,
        };
        options.applied_to(event)
    }
}
