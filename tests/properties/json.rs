//! Strings, times and the texts of events, held against `serde_json`.

use foldlog::core::{JsonCursor, Timestamp, event::RecordedEvent, write_json_string};
use proptest::prelude::*;
use serde_json::Value;

use crate::samples::{ListedLog, events};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn strings_are_read_and_written_as_they_are(text in any::<String>()) {
        let mut written = String::new();
        write_json_string(&mut written, &text);
        prop_assert_eq!(&serde_json::from_str::<String>(&written).unwrap(), &text);
        let theirs = serde_json::to_string(&text).unwrap();
        prop_assert_eq!(JsonCursor::new(&theirs).string().unwrap(), text);
    }

    #[test]
    fn strings_are_refused_where_serde_json_refuses(text in "\"(\\\\u[dD][89a-fA-F][0-9]{2}|\\\\n|[a-zé]){0,4}\"") {
        let theirs = serde_json::from_str::<String>(&text).ok();
        prop_assert_eq!(JsonCursor::new(&text).string().ok().map(std::borrow::Cow::into_owned), theirs);
    }

    #[test]
    fn times_are_read_as_they_are_written(millis in any::<i64>(), text in "[0-9TZ:.\\-]{18,25}") {
        let time = Timestamp::from_millis(millis);
        prop_assert_eq!(Timestamp::parse(&time.to_string()), Ok(time));
        let _ = Timestamp::parse(&text);
    }
}

proptest! {
    #[test]
    fn another_parser_reads_an_event_as_we_do(appends in prop::collection::vec(events(), 1..3)) {
        for (record, index) in ListedLog::of(appends).events() {
            let text = record.event_text(index);
            let event = RecordedEvent::read_json(text).unwrap();
            let mut again = String::new();
            event.write_json(&mut again);
            prop_assert_eq!(&again, text);
            let json: Value = serde_json::from_str(&text.replace("\\ud800", "")).unwrap();
            let content = &event.content;
            let reference = |label: &Option<foldlog::core::Label>| {
                label.as_ref().map_or(Value::Null, |label| Value::from(label.as_str()))
            };
            prop_assert_eq!(&json["aggregateId"], content.aggregate_id.as_str());
            prop_assert_eq!(&json["aggregateType"], content.aggregate_type.as_str());
            prop_assert_eq!(&json["eventType"], content.event_type.as_str());
            prop_assert_eq!(&json["id"], &content.id.to_string());
            prop_assert_eq!(&json["createdAt"], &content.created_at.to_string());
            prop_assert_eq!(&json["sequenceNumber"], event.sequence_number);
            prop_assert_eq!(&json["aggregateVersion"], event.aggregate_version);
            prop_assert_eq!(&json["schemaVersion"], content.schema_version);
            prop_assert_eq!(&json["causedBy"], &reference(&content.caused_by));
            prop_assert_eq!(&json["causationId"], &reference(&content.causation_id));
            prop_assert_eq!(&json["correlationId"], &reference(&content.correlation_id));
            prop_assert_eq!(json["tags"].as_array().unwrap().len(), content.tags.len());
        }
    }
}
