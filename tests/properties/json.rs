//! The JSON scanner and the texts of events, held against `serde_json`.

use foldlog::core::{
    JsonCursor, JsonText, Timestamp,
    event::{RecordedEvent, read_new_events},
    fold::Snapshot,
    read::EventFilter,
    write_json_string,
};
use proptest::prelude::*;
use serde_json::{Value, value::RawValue};

use crate::samples::{ListedLog, events};

/// Texts that are JSON, with odd spacing and escapes.
fn json() -> impl Strategy<Value = String> {
    let leaves = [
        "null",
        "true",
        "false",
        "0",
        "-0",
        "12",
        "-3.50",
        "1e5",
        "2E-7",
        "1.5e+400",
        "\"\"",
        "\"a\"",
        "\"\\u00e9\\n\\\"\"",
        "\"\\ud83d\\ude00\"",
        "\"é😀\"",
        "\"\\ud800\"",
        "9007199254740993",
    ];
    let leaf = prop::sample::select(leaves.to_vec()).prop_map(str::to_owned);
    let space = || prop::sample::select(&["", "", " ", "\n", "\t \r"][..]);
    leaf.prop_recursive(6, 40, 5, move |inner| {
        prop_oneof![
            (prop::collection::vec(inner.clone(), 0..5), space(), space())
                .prop_map(|(items, a, b)| format!("[{a}{}{b}]", items.join(&format!("{b},{a}")))),
            (prop::collection::vec(inner, 0..4), space(), space()).prop_map(|(items, a, b)| {
                let members: Vec<_> = items.iter().map(|item| format!("\"k\\t\"{a}:{b}{item}")).collect();
                format!("{a}{{{b}{}{a}}}{b}", members.join(&format!("{a},{b}")))
            }),
        ]
    })
}

/// The same text with a few characters changed, taken out or put in.
fn mutated() -> impl Strategy<Value = String> {
    let characters = prop::sample::select(
        &[
            '{', '}', '[', ']', ',', ':', '"', '\\', '0', '1', '-', '.', 'e', 'u', ' ', '\u{1}', 'é', 't',
        ][..],
    );
    (
        json(),
        prop::collection::vec((any::<prop::sample::Index>(), 0..3_u8, characters), 1..4),
    )
        .prop_map(|(text, changes)| {
            let mut characters: Vec<char> = text.chars().collect();
            for (at, kind, character) in changes {
                let at = at.index(characters.len().max(1));
                match kind {
                    0 if at < characters.len() => characters[at] = character,
                    1 if at < characters.len() => drop(characters.remove(at)),
                    _ => characters.insert(at, character),
                }
            }
            characters.into_iter().collect()
        })
}

fn agrees(text: &str) -> Result<(), TestCaseError> {
    let ours = JsonText::parse(text).ok().map(|json| json.as_str().to_owned());
    let theirs = serde_json::from_str::<&RawValue>(text)
        .ok()
        .map(|json| json.get().to_owned());
    prop_assert_eq!(ours, theirs, "{:?}", text);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_scanner_accepts_json(text in json()) {
        prop_assert!(JsonText::parse(&text).is_ok());
        agrees(&text)?;
    }

    #[test]
    fn the_scanner_agrees_on_mutated_texts(text in mutated()) {
        agrees(&text)?;
    }

    #[test]
    fn the_scanner_agrees_on_any_text(text in "\\PC{0,12}", json in "[\\[\\]{},:\"\\\\0-9.eE+\\-truefalsn ]{0,16}") {
        agrees(&text)?;
        agrees(&json)?;
    }

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
    fn no_text_makes_a_reader_panic(text in mutated()) {
        let _ = read_new_events(&text);
        let _ = read_new_events(&format!("[{{\"eventData\":{text}}}]"));
        let _ = RecordedEvent::read_json(&text);
        let _ = EventFilter::read_json(&text);
        let _ = Snapshot::read_json(&text);
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
