use std::fmt::Write as _;

use super::{EventContent, NewEvent, input::read_stored_event};
use crate::core::{Timestamp, write_json_string};

/// An event as it is stored: its content and its position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedEvent {
    /// The position in the log, from 1, without gaps.
    pub sequence_number: u64,
    /// The log's time of the append; never decreases.
    pub recorded_at: Timestamp,
    /// The position in the aggregate, from 1, without gaps.
    pub aggregate_version: u64,
    /// What the event says.
    pub content: EventContent,
}

impl RecordedEvent {
    /// Appends the text in which the event is stored and handed out: one JSON object, its members in fixed order.
    pub fn write_json(&self, out: &mut String) {
        write_event_json(
            out,
            self.sequence_number,
            self.recorded_at,
            self.aggregate_version,
            &self.content,
        );
    }

    /// Reads what [`RecordedEvent::write_json`] writes.
    ///
    /// # Errors
    ///
    /// The reason, if the text is not such an object: a stored event that fails here is damaged.
    pub fn read_json(text: &str) -> Result<Self, String> {
        let (sequence_number, recorded_at, event) = read_stored_event(text).map_err(|invalid| invalid.to_string())?;
        recorded(sequence_number, recorded_at, event).ok_or_else(|| "lacks a field".to_owned())
    }
}

/// As [`RecordedEvent::write_json`], from borrowed content.
pub(crate) fn write_event_json(
    out: &mut String,
    sequence_number: u64,
    recorded_at: Timestamp,
    aggregate_version: u64,
    content: &EventContent,
) {
    // Writing to a String does not fail.
    let _ = write!(
        out,
        "{{\"sequenceNumber\":{sequence_number},\"recordedAt\":\"{recorded_at}\","
    );
    write_content(out, content, Some(aggregate_version), Some(content.created_at));
}

/// Writes an event to append, with its time only if its caller gave it: a replay compares it only then.
pub(crate) fn write_new_event_json(out: &mut String, content: &EventContent, created_at_given: bool) {
    out.push('{');
    write_content(out, content, None, created_at_given.then_some(content.created_at));
}

fn write_content(
    out: &mut String,
    content: &EventContent,
    aggregate_version: Option<u64>,
    created_at: Option<Timestamp>,
) {
    // Writing to a String does not fail.
    let _ = write!(out, "\"id\":\"{}\"", content.id);
    member(out, "aggregateId", content.aggregate_id.as_str());
    member(out, "aggregateType", content.aggregate_type.as_str());
    if let Some(version) = aggregate_version {
        let _ = write!(out, ",\"aggregateVersion\":{version}");
    }
    member(out, "eventType", content.event_type.as_str());
    let _ = write!(out, ",\"schemaVersion\":{}", content.schema_version);
    if let Some(time) = created_at {
        let _ = write!(out, ",\"createdAt\":\"{time}\"");
    }
    out.push_str(",\"tags\":[");
    for (index, tag) in content.tags.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_json_string(out, tag.as_str());
    }
    out.push(']');
    for (name, label) in [
        ("causedBy", &content.caused_by),
        ("causationId", &content.causation_id),
        ("correlationId", &content.correlation_id),
    ] {
        match label {
            Some(label) => member(out, name, label.as_str()),
            None => {
                let _ = write!(out, ",\"{name}\":null");
            }
        }
    }
    let metadata = content.metadata.as_ref().map_or("null", |json| json.as_str());
    let _ = write!(
        out,
        ",\"metadata\":{metadata},\"eventData\":{}}}",
        content.event_data.as_str()
    );
}

fn member(out: &mut String, name: &str, text: &str) {
    let _ = write!(out, ",\"{name}\":");
    write_json_string(out, text);
}

fn recorded(sequence_number: Option<u64>, recorded_at: Option<Timestamp>, event: NewEvent) -> Option<RecordedEvent> {
    Some(RecordedEvent {
        sequence_number: sequence_number?,
        recorded_at: recorded_at?,
        aggregate_version: event.aggregate_version?,
        content: EventContent {
            id: event.id?,
            aggregate_id: event.aggregate_id,
            aggregate_type: event.aggregate_type,
            event_type: event.event_type,
            schema_version: event.schema_version,
            created_at: event.created_at?,
            tags: event.tags,
            caused_by: event.caused_by,
            causation_id: event.causation_id,
            correlation_id: event.correlation_id,
            metadata: event.metadata,
            event_data: event.event_data,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = concat!(
        r#"{"sequenceNumber":7,"recordedAt":"2026-11-24T07:22:35.123Z","id":"017f22e2-79b0-7cc3-98c4-dc0c0c07398f","#,
        r#""aggregateId":"w\"é","aggregateType":"wallet","aggregateVersion":3,"eventType":"FundsDeposited","schemaVersion":1,"#,
        r#""createdAt":"2026-11-23T00:00:00.000Z","tags":["a","b"],"causedBy":"u","causationId":null,"correlationId":"c","#,
        r#""metadata":{"k": 1},"eventData":{"amount":1.10}}"#
    );

    #[test]
    fn the_stored_text_is_read_and_written_byte_for_byte() {
        let event = RecordedEvent::read_json(TEXT).unwrap();
        assert_eq!((event.sequence_number, event.aggregate_version), (7, 3));
        assert_eq!(event.content.aggregate_id.as_str(), "w\"é");
        assert_eq!(event.content.event_data.as_str(), "{\"amount\":1.10}");
        let mut text = String::new();
        event.write_json(&mut text);
        assert_eq!(text, TEXT);
    }

    #[test]
    fn a_damaged_text_is_told() {
        assert!(RecordedEvent::read_json(&TEXT[..TEXT.len() - 1]).is_err());
        assert!(RecordedEvent::read_json(&TEXT.replace("\"aggregateVersion\":3,", "")).is_err());
        assert!(RecordedEvent::read_json("{}").is_err());
        assert!(RecordedEvent::read_json(&format!("{TEXT},{TEXT}")).is_err());
        let smuggled = r#"{"aggregateId":"a","aggregateType":"t","eventType":"e","eventData":1}"#;
        assert!(RecordedEvent::read_json(&format!("{TEXT},{smuggled}")).is_err());
    }
}
