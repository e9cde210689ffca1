use super::{NewEvent, new_event::MAX_TAGS};
use crate::core::{
    AggregateId, AggregateType, EventId, EventType, InvalidInput, JsonCursor, JsonText, Label, MAX_JSON_DEPTH,
    Timestamp,
};

/// Reads a JSON array of events to append, in one pass over the text.
///
/// A member that is absent or, where the field may be empty, `null` leaves the field empty. Payloads are sliced, not decoded.
///
/// # Errors
///
/// `invalid_event` naming the event and the field (`events[2].eventType`) for a member that is unknown, repeated, missing, of the
/// wrong type or out of range.
pub fn read_new_events(json: &str) -> Result<Vec<NewEvent>, InvalidInput> {
    let mut cursor = JsonCursor::new(json);
    let events = read_events_at(&mut cursor)?;
    let end = cursor.end().map_err(InvalidInput::from);
    end.map_err(|invalid| invalid.or_in("events").of_event())?;
    Ok(events)
}

/// As [`read_new_events`], of an array that stands in a larger text.
pub(crate) fn read_events_at(cursor: &mut JsonCursor<'_>) -> Result<Vec<NewEvent>, InvalidInput> {
    let mut events = Vec::new();
    read_all(cursor, &mut events).map_err(|invalid| invalid.or_in("events").of_event())?;
    Ok(events)
}

fn read_all(cursor: &mut JsonCursor<'_>, events: &mut Vec<NewEvent>) -> Result<(), InvalidInput> {
    let mut first = true;
    cursor.begin_array()?;
    while cursor.next_element(&mut first)? {
        let event = Fields::read(cursor, &MEMBERS[POSITION..]).and_then(Fields::into_event);
        events.push(event.map_err(|invalid| invalid.within(&format!("events[{}]", events.len())))?);
    }
    Ok(())
}

/// Reads an event as it is stored, with the members of its position.
pub(super) fn read_stored_event(json: &str) -> Result<(Option<u64>, Option<Timestamp>, NewEvent), InvalidInput> {
    let mut cursor = JsonCursor::new(json);
    let fields = Fields::read(&mut cursor, &MEMBERS)?;
    cursor.end()?;
    Ok((fields.sequence_number, fields.recorded_at, fields.into_event()?))
}

/// The members of an event; the first [`POSITION`] ones only a stored event has.
const MEMBERS: [&str; 15] = [
    "sequenceNumber",
    "recordedAt",
    "id",
    "aggregateId",
    "aggregateType",
    "eventType",
    "aggregateVersion",
    "schemaVersion",
    "eventData",
    "metadata",
    "tags",
    "createdAt",
    "causedBy",
    "causationId",
    "correlationId",
];
const POSITION: usize = 2;

#[derive(Default)]
struct Fields {
    sequence_number: Option<u64>,
    recorded_at: Option<Timestamp>,
    id: Option<EventId>,
    aggregate_id: Option<AggregateId>,
    aggregate_type: Option<AggregateType>,
    event_type: Option<EventType>,
    aggregate_version: Option<u64>,
    schema_version: Option<u16>,
    event_data: Option<JsonText>,
    metadata: Option<JsonText>,
    tags: Vec<Label>,
    created_at: Option<Timestamp>,
    caused_by: Option<Label>,
    causation_id: Option<Label>,
    correlation_id: Option<Label>,
}

impl Fields {
    fn read(cursor: &mut JsonCursor<'_>, names: &[&'static str]) -> Result<Self, InvalidInput> {
        let mut fields = Self::default();
        cursor.members(names, &mut |cursor, name| match name {
            "aggregateId" | "aggregateType" | "eventType" | "eventData" => fields.read_required(cursor, name),
            _ if cursor.null() => Ok(()),
            _ => fields.read_optional(cursor, name),
        })?;
        Ok(fields)
    }

    fn read_required(&mut self, cursor: &mut JsonCursor<'_>, name: &str) -> Result<(), InvalidInput> {
        match name {
            "aggregateId" => self.aggregate_id = Some(cursor.text(AggregateId::parse)?),
            "aggregateType" => self.aggregate_type = Some(cursor.text(AggregateType::parse)?),
            "eventType" => self.event_type = Some(cursor.text(EventType::parse)?),
            _ => self.event_data = Some(JsonText::scanned(cursor.value(MAX_JSON_DEPTH)?)),
        }
        Ok(())
    }

    fn read_optional(&mut self, cursor: &mut JsonCursor<'_>, name: &str) -> Result<(), InvalidInput> {
        match name {
            "sequenceNumber" => self.sequence_number = Some(cursor.integer()?),
            "recordedAt" => self.recorded_at = Some(cursor.text(Timestamp::parse)?),
            "id" => self.id = Some(cursor.text(EventId::parse)?),
            "aggregateVersion" => {
                let version = cursor.integer()?;
                if version == 0 {
                    return Err("is 0; the first event of an aggregate has version 1".into());
                }
                self.aggregate_version = Some(version);
            }
            "schemaVersion" => {
                let version = u16::try_from(cursor.integer()?).ok().filter(|version| *version > 0);
                self.schema_version = Some(version.ok_or("is outside 1 to 65535")?);
            }
            "metadata" => {
                if cursor.peek_value() != Some(b'{') {
                    return Err("is neither a JSON object nor null".into());
                }
                self.metadata = Some(JsonText::scanned(cursor.value(MAX_JSON_DEPTH)?));
            }
            "tags" => self.tags = read_tags(cursor)?,
            "createdAt" => self.created_at = Some(cursor.text(Timestamp::parse)?),
            "causedBy" => self.caused_by = Some(cursor.text(Label::parse)?),
            "causationId" => self.causation_id = Some(cursor.text(Label::parse)?),
            _ => self.correlation_id = Some(cursor.text(Label::parse)?),
        }
        Ok(())
    }

    fn into_event(self) -> Result<NewEvent, InvalidInput> {
        let missing = |field: &str| InvalidInput::event(field, "is missing");
        Ok(NewEvent {
            id: self.id,
            aggregate_id: self.aggregate_id.ok_or_else(|| missing("aggregateId"))?,
            aggregate_type: self.aggregate_type.ok_or_else(|| missing("aggregateType"))?,
            event_type: self.event_type.ok_or_else(|| missing("eventType"))?,
            aggregate_version: self.aggregate_version,
            schema_version: self.schema_version.unwrap_or(1),
            event_data: self.event_data.ok_or_else(|| missing("eventData"))?,
            metadata: self.metadata,
            tags: self.tags,
            created_at: self.created_at,
            caused_by: self.caused_by,
            causation_id: self.causation_id,
            correlation_id: self.correlation_id,
        })
    }
}

fn read_tags(cursor: &mut JsonCursor<'_>) -> Result<Vec<Label>, InvalidInput> {
    let mut tags = Vec::new();
    let mut first = true;
    cursor.begin_array()?;
    while cursor.next_element(&mut first)? {
        if tags.len() == MAX_TAGS {
            return Err(format!("has more than {MAX_TAGS} tags").into());
        }
        tags.push(cursor.text(Label::parse)?);
    }
    Ok(tags)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(json: &str) -> String {
        read_new_events(json).unwrap_err().to_string()
    }

    #[test]
    fn a_full_event_is_read() {
        let json = r#"[{"id":"017f22e2-79b0-7cc3-98c4-dc0c0c07398f","aggregateId":"w\u00e9","aggregateType":"wallet","eventType":"FundsDeposited",
            "aggregateVersion":4,"schemaVersion":2,"eventData": {"amount": 1.10, "big":9007199254740993} ,"metadata":{"a":null},"tags":["x","y"],
            "createdAt":"2026-11-24T07:22:35.123Z","causedBy":"u1","causationId":"c1","correlationId":null}]"#;
        let event = &read_new_events(json).unwrap()[0];
        assert_eq!(event.aggregate_id.as_str(), "wé");
        assert_eq!(event.event_data.as_str(), r#"{"amount": 1.10, "big":9007199254740993}"#);
        assert_eq!(event.metadata.as_ref().unwrap().as_str(), r#"{"a":null}"#);
        assert_eq!((event.aggregate_version, event.schema_version), (Some(4), 2));
        assert_eq!(event.tags.len(), 2);
        assert_eq!(event.correlation_id, None);
    }

    #[test]
    fn a_refusal_names_the_event_and_the_field() {
        let ok = r#"{"aggregateId":"a","aggregateType":"t","eventType":"e","eventData":1}"#;
        let with = |member: &str| format!("[{ok},{}]", ok.replace("\"eventData\":1", member));
        assert_eq!(refused(&with("\"data\":1")), "events[1].data: is unknown");
        assert_eq!(refused(&with("\"tags\":[]")), "events[1].eventData: is missing");
        assert_eq!(
            refused(&with("\"eventData\":1,\"eventData\":2")),
            "events[1].eventData: is given twice"
        );
        assert_eq!(
            refused(&with("\"eventData\":1,\"schemaVersion\":65536")),
            "events[1].schemaVersion: is outside 1 to 65535"
        );
        assert_eq!(
            refused(&with("\"eventData\":1,\"schemaVersion\":0")),
            "events[1].schemaVersion: is outside 1 to 65535"
        );
        assert_eq!(
            refused(&with("\"eventData\":1,\"metadata\":[]")),
            "events[1].metadata: is neither a JSON object nor null"
        );
        assert!(
            refused(&with("\"eventData\":1,\"causedBy\":\"\\ud800\""))
                .starts_with("events[1].causedBy: lone surrogate")
        );
        assert!(
            refused(&with("\"eventData\":1,\"schemaVersion\":1.5"))
                .starts_with("events[1].schemaVersion: expected a whole number")
        );
        assert!(
            refused(&with(&format!("\"eventData\":{}{}", "[".repeat(129), "]".repeat(129))))
                .contains("nested too deeply")
        );
        assert!(refused("[{}").starts_with("events[0]"));
        assert!(refused("{}").starts_with("events: expected an array"));
    }
}
