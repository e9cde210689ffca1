use crate::core::{AggregateId, AggregateType, EventId, EventType, InvalidInput, JsonText, Label, Timestamp};

/// The most tags that an event may carry.
pub(crate) const MAX_TAGS: usize = 16;

/// An event to append.
///
/// ```
/// use foldlog::core::event::NewEvent;
///
/// let event = NewEvent::new("wallet-42", "wallet", "FundsDeposited", r#"{"amount":"10.00"}"#)?;
/// assert_eq!(event.schema_version, 1);
/// # Ok::<(), foldlog::core::InvalidInput>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    /// Minted by the store unless all events of the append bring theirs.
    pub id: Option<EventId>,
    /// The aggregate that the event belongs to.
    pub aggregate_id: AggregateId,
    /// The aggregate's fixed type.
    pub aggregate_type: AggregateType,
    /// What happened.
    pub event_type: EventType,
    /// An expectation in the specification's way: the aggregate's current version + 1.
    pub aggregate_version: Option<u64>,
    /// The version of this event type's payload, 1 to 65,535.
    pub schema_version: u16,
    /// Any JSON value, kept as written.
    pub event_data: JsonText,
    /// A JSON object, or none.
    pub metadata: Option<JsonText>,
    /// At most 16.
    pub tags: Vec<Label>,
    /// When the caller says it happened; the time of the append unless given.
    pub created_at: Option<Timestamp>,
    /// Who caused it.
    pub caused_by: Option<Label>,
    /// The event or command that led to this one.
    pub causation_id: Option<Label>,
    /// The business operation that it belongs to.
    pub correlation_id: Option<Label>,
}

impl NewEvent {
    /// An event with what every event needs; the other fields are empty and schema version is 1.
    ///
    /// # Errors
    ///
    /// `invalid_event` naming the field: a name outside its limits, or a payload that is not exactly one JSON value.
    pub fn new(
        aggregate_id: &str,
        aggregate_type: &str,
        event_type: &str,
        event_data: &str,
    ) -> Result<Self, InvalidInput> {
        let field = |name: &'static str| move |reason: String| InvalidInput::event(name, reason);
        Ok(Self {
            id: None,
            aggregate_id: AggregateId::parse(aggregate_id).map_err(field("aggregateId"))?,
            aggregate_type: AggregateType::parse(aggregate_type).map_err(field("aggregateType"))?,
            event_type: EventType::parse(event_type).map_err(field("eventType"))?,
            aggregate_version: None,
            schema_version: 1,
            event_data: JsonText::parse(event_data)
                .map_err(|error| InvalidInput::event("eventData", error.to_string()))?,
            metadata: None,
            tags: Vec::new(),
            created_at: None,
            caused_by: None,
            causation_id: None,
            correlation_id: None,
        })
    }

    /// The same event with an id of the caller's.
    #[must_use]
    pub fn with_id(mut self, id: EventId) -> Self {
        self.id = Some(id);
        self
    }
}
