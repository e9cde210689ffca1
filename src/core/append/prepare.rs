use super::{Expectations, GivenExpectations};
use crate::core::{
    AggregateId, AggregateType, Digest, EventId, IndexMap, InvalidInput, Limits, Timestamp,
    event::{EventContent, MAX_TAGS, NewEvent},
};

/// An event that is ready to be stored: all that does not depend on the log is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreparedEvent {
    /// What it says, with its id and time.
    pub content: EventContent,
    /// The digest of the content.
    pub digest: Digest,
    /// Whether the caller gave `createdAt`: then a replay must give the same.
    pub created_at_given: bool,
}

/// A checked append: 1..n events with ids and digests, and an expectation for each aggregate.
///
/// It can be planned against any state of the log, again and again, and is the same append each time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreparedAppend {
    events: Vec<PreparedEvent>,
    expectations: Expectations,
}

impl PreparedAppend {
    /// Checks the events against the limits, agrees the expectations, mints missing ids and computes digests.
    ///
    /// # Errors
    ///
    /// `invalid_event` or `invalid_argument` naming the field: no events, too many or too large ones, ids given for some events
    /// only or twice, two types for one aggregate, and what [`Expectations::agree`] refuses.
    pub fn new(
        events: Vec<NewEvent>,
        given: &GivenExpectations,
        limits: &Limits,
        now: Timestamp,
        mut mint: impl FnMut() -> EventId,
    ) -> Result<Self, InvalidInput> {
        if events.is_empty() {
            return Err(InvalidInput::argument(
                "events",
                "is empty; an append has at least one event",
            ));
        }
        if events.len() > limits.append_events {
            let reason = format!(
                "has {} events; at most {} fit into one append",
                events.len(),
                limits.append_events
            );
            return Err(InvalidInput::argument("events", reason));
        }
        check_ids(&events)?;
        check_types(&events)?;
        let expectations = Expectations::agree(&events, given)?;
        let mut total = 0;
        let mut prepared = Vec::with_capacity(events.len());
        for (index, event) in events.into_iter().enumerate() {
            let created_at_given = event.created_at.is_some();
            let content = content(event, now, &mut mint);
            let size = content.size();
            if size > limits.event_bytes {
                let reason = format!("has {size} bytes; at most {} are allowed", limits.event_bytes);
                return Err(InvalidInput::event(format!("events[{index}]"), reason));
            }
            check_fields(&content, index)?;
            total += size;
            prepared.push(PreparedEvent {
                digest: content.digest(),
                content,
                created_at_given,
            });
        }
        if total > limits.append_bytes {
            let reason = format!("has {total} bytes; at most {} fit into one append", limits.append_bytes);
            return Err(InvalidInput::argument("events", reason));
        }
        Ok(Self {
            events: prepared,
            expectations,
        })
    }

    /// The events, in order.
    pub fn events(&self) -> &[PreparedEvent] {
        &self.events
    }

    /// One expectation for each aggregate.
    pub fn expectations(&self) -> &Expectations {
        &self.expectations
    }

    /// Every aggregate that the append writes or expects something of, each once.
    pub fn aggregates(&self) -> impl Iterator<Item = &AggregateId> {
        self.expectations.iter().map(|(id, _)| id)
    }

    /// The bytes of its events, as the limits count them.
    pub fn size(&self) -> usize {
        self.events.iter().map(|event| event.content.size()).sum()
    }
}

fn content(event: NewEvent, now: Timestamp, mint: &mut impl FnMut() -> EventId) -> EventContent {
    EventContent {
        id: event.id.unwrap_or_else(mint),
        aggregate_id: event.aggregate_id,
        aggregate_type: event.aggregate_type,
        event_type: event.event_type,
        schema_version: event.schema_version,
        created_at: event.created_at.unwrap_or(now),
        tags: event.tags,
        caused_by: event.caused_by,
        causation_id: event.causation_id,
        correlation_id: event.correlation_id,
        metadata: event.metadata,
        event_data: event.event_data,
    }
}

/// What the types of the fields leave open.
fn check_fields(content: &EventContent, index: usize) -> Result<(), InvalidInput> {
    let refuse = |field: &str, reason: String| Err(InvalidInput::event(format!("events[{index}].{field}"), reason));
    if content.tags.len() > MAX_TAGS {
        return refuse(
            "tags",
            format!("has {} tags; at most {MAX_TAGS} are allowed", content.tags.len()),
        );
    }
    if content.schema_version == 0 {
        return refuse("schemaVersion", "is 0; 1 to 65535 are allowed".to_owned());
    }
    if content
        .metadata
        .as_ref()
        .is_some_and(|metadata| !metadata.as_str().starts_with('{'))
    {
        return refuse("metadata", "is neither a JSON object nor absent".to_owned());
    }
    Ok(())
}

fn check_ids(events: &[NewEvent]) -> Result<(), InvalidInput> {
    let mut seen = IndexMap::default();
    let given = events.iter().filter(|event| event.id.is_some()).count();
    for (index, event) in events.iter().enumerate() {
        let field = || format!("events[{index}].id");
        match event.id {
            None if given > 0 => {
                return Err(InvalidInput::event(
                    field(),
                    "is missing, though other events of the append have ids",
                ));
            }
            Some(id) if seen.insert(id, ()).is_some() => {
                return Err(InvalidInput::event(field(), format!("repeats {id} of the same append")));
            }
            _ => {}
        }
    }
    Ok(())
}

fn check_types(events: &[NewEvent]) -> Result<(), InvalidInput> {
    let mut types: IndexMap<&AggregateId, &AggregateType> = IndexMap::default();
    for (index, event) in events.iter().enumerate() {
        let first = *types.get_or_insert(&event.aggregate_id, &event.aggregate_type);
        if *first != event.aggregate_type {
            let reason = format!(
                "is \"{}\", but the same append gives aggregate \"{}\" the type \"{first}\"",
                event.aggregate_type, event.aggregate_id
            );
            return Err(InvalidInput::event(format!("events[{index}].aggregateType"), reason));
        }
    }
    Ok(())
}
