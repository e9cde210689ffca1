use super::{NewEvent, new_event::MAX_TAGS};
use crate::core::{
    AggregateId, AggregateType, EventId, EventType, InvalidInput, JsonCursor, JsonError, JsonText, Label,
    MAX_JSON_DEPTH, Timestamp,
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
    let broken = |error: JsonError| InvalidInput::event("events", error.to_string());
    let mut cursor = JsonCursor::new(json);
    let mut events = Vec::new();
    let mut first = true;
    cursor.begin_array().map_err(broken)?;
    while cursor.next_element(&mut first).map_err(broken)? {
        let event = read_event(&mut cursor).map_err(|invalid| invalid.within(&format!("events[{}]", events.len())))?;
        events.push(event);
    }
    cursor.end().map_err(broken)?;
    Ok(events)
}

/// The members of an event, in the order of their bits in `Fields::seen`.
const MEMBERS: [&str; 13] = [
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

#[derive(Default)]
struct Fields {
    seen: u16,
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

fn read_event(cursor: &mut JsonCursor<'_>) -> Result<NewEvent, InvalidInput> {
    let broken = |error: JsonError| InvalidInput::event("", error.to_string());
    let mut fields = Fields::default();
    let mut first = true;
    cursor.begin_object().map_err(broken)?;
    while let Some(key) = cursor.next_key(&mut first).map_err(broken)? {
        let invalid = |reason: String| InvalidInput::event(key.as_ref(), reason);
        let Some(member) = MEMBERS.iter().position(|name| *name == key) else {
            return Err(invalid("is unknown".to_owned()));
        };
        if fields.seen & 1 << member != 0 {
            return Err(invalid("is given twice".to_owned()));
        }
        fields.seen |= 1 << member;
        fields.read(member, cursor).map_err(invalid)?;
    }
    fields.finish()
}

impl Fields {
    fn read(&mut self, member: usize, cursor: &mut JsonCursor<'_>) -> Result<(), String> {
        match MEMBERS[member] {
            "id" => self.id = optional_text(cursor, EventId::parse)?,
            "aggregateId" => self.aggregate_id = Some(text(cursor, AggregateId::parse)?),
            "aggregateType" => self.aggregate_type = Some(text(cursor, AggregateType::parse)?),
            "eventType" => self.event_type = Some(text(cursor, EventType::parse)?),
            "aggregateVersion" => {
                if !cursor.null() {
                    let version = cursor.integer().map_err(|error| error.to_string())?;
                    if version == 0 {
                        return Err("is 0; the first event of an aggregate has version 1".to_owned());
                    }
                    self.aggregate_version = Some(version);
                }
            }
            "schemaVersion" => {
                if !cursor.null() {
                    let version = cursor.integer().map_err(|error| error.to_string())?;
                    let version = u16::try_from(version).ok().filter(|version| *version > 0);
                    self.schema_version = Some(version.ok_or("is outside 1 to 65535")?);
                }
            }
            "eventData" => {
                let value = cursor.value(MAX_JSON_DEPTH).map_err(|error| error.to_string())?;
                self.event_data = Some(JsonText::scanned(value));
            }
            "metadata" => {
                if !cursor.null() {
                    if cursor.peek_value() != Some(b'{') {
                        return Err("is neither a JSON object nor null".to_owned());
                    }
                    let value = cursor.value(MAX_JSON_DEPTH).map_err(|error| error.to_string())?;
                    self.metadata = Some(JsonText::scanned(value));
                }
            }
            "tags" => self.tags = read_tags(cursor)?,
            "createdAt" => self.created_at = optional_text(cursor, Timestamp::parse)?,
            "causedBy" => self.caused_by = optional_text(cursor, Label::parse)?,
            "causationId" => self.causation_id = optional_text(cursor, Label::parse)?,
            _ => self.correlation_id = optional_text(cursor, Label::parse)?,
        }
        Ok(())
    }

    fn finish(self) -> Result<NewEvent, InvalidInput> {
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

fn text<T>(cursor: &mut JsonCursor<'_>, parse: impl Fn(&str) -> Result<T, String>) -> Result<T, String> {
    let text = cursor.string().map_err(|error| error.to_string())?;
    parse(&text)
}

fn optional_text<T>(
    cursor: &mut JsonCursor<'_>,
    parse: impl Fn(&str) -> Result<T, String>,
) -> Result<Option<T>, String> {
    if cursor.null() {
        Ok(None)
    } else {
        text(cursor, parse).map(Some)
    }
}

fn read_tags(cursor: &mut JsonCursor<'_>) -> Result<Vec<Label>, String> {
    let mut tags = Vec::new();
    if cursor.null() {
        return Ok(tags);
    }
    let mut first = true;
    cursor.begin_array().map_err(|error| error.to_string())?;
    while cursor.next_element(&mut first).map_err(|error| error.to_string())? {
        if tags.len() == MAX_TAGS {
            return Err(format!("has more than {MAX_TAGS} tags"));
        }
        tags.push(text(cursor, Label::parse)?);
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
