//! The readers of what a caller sends. Another parser reads what they accept and finds the same.

use foldlog::core::{
    Head, JsonCursor,
    append::{Expectation, GivenExpectations},
    read::EventFilter,
};

use super::{events, json, raw};

pub(super) fn hold(text: &str) {
    json::hold(text);
    let (first, second) = text.split_once('\n').unwrap_or((text, "{}"));
    for options in [first, second] {
        expectations(options);
        filter(options);
        head(options);
    }
    events::stored(first);
    events::new(first, GivenExpectations::read_json(second).ok());
}

fn expectations(text: &str) {
    let Ok(given) = GivenExpectations::read_json(text) else {
        return;
    };
    let members = raw::members(text).unwrap();
    assert!(
        members
            .keys()
            .all(|name| name == "expectedVersion" || name == "expectedVersions")
    );
    let whole = members.get("expectedVersion").map(|json| expectation(json.get()));
    assert_eq!(given.of_the_aggregate, whole);
    let pairs = members.get("expectedVersions").map_or("[]", |json| json.get());
    let each: Vec<_> = raw::elements(pairs)
        .unwrap()
        .iter()
        .map(|pair| {
            let pair = raw::elements(pair.get()).unwrap();
            assert_eq!(pair.len(), 2);
            (raw::string(pair[0].get()).unwrap(), expectation(pair[1].get()))
        })
        .collect();
    let ours = given.of_each.iter();
    let ours: Vec<_> = ours
        .map(|(id, expectation)| (id.as_str().to_owned(), *expectation))
        .collect();
    assert_eq!(ours, each);
}

fn expectation(json: &str) -> Expectation {
    match raw::string(json).as_deref() {
        Some("no_aggregate") => Expectation::Exact(0),
        Some("any") => Expectation::Any,
        Some("exists") => Expectation::Exists,
        _ => Expectation::Exact(serde_json::from_str(json).unwrap()),
    }
}

fn filter(text: &str) {
    let Ok(filter) = EventFilter::read_json(text) else {
        return;
    };
    let members = raw::members(text).unwrap();
    let number = |name: &str| {
        members
            .get(name)
            .and_then(|json| serde_json::from_str::<u64>(json.get()).ok())
    };
    let name = |name: &str| members.get(name).and_then(|json| raw::string(json.get()));
    let count = |name: &str| {
        members.get(name).and_then(|json| {
            let mut texts: Vec<String> = serde_json::from_str(json.get()).ok()?;
            texts.sort();
            texts.dedup();
            Some(texts.len())
        })
    };
    assert_eq!(filter.from_sequence, number("fromSequence"));
    assert_eq!(filter.to_sequence, number("toSequence"));
    assert_eq!(filter.from_version, number("fromVersion"));
    assert_eq!(filter.to_version, number("toVersion"));
    assert_eq!(
        filter.aggregate_type.map(|text| text.to_string()),
        name("aggregateType")
    );
    assert_eq!(filter.caused_by.map(|text| text.to_string()), name("causedBy"));
    assert_eq!(
        filter.correlation_id.map(|text| text.to_string()),
        name("correlationId")
    );
    assert_eq!(filter.aggregate_ids.map(|ids| ids.len()), count("aggregateIds"));
    assert_eq!(filter.event_types.map(|types| types.len()), count("eventTypes"));
    assert_eq!(filter.tags.len(), count("tags").unwrap_or(0));
    assert_eq!(filter.from_recorded_at.is_some(), name("fromRecordedAt").is_some());
    assert_eq!(filter.to_recorded_at.is_some(), name("toRecordedAt").is_some());
}

fn head(text: &str) {
    let mut cursor = JsonCursor::new(text);
    let Ok(head) = Head::read_json(&mut cursor) else { return };
    let mut written = String::new();
    head.write_json(&mut written);
    assert_eq!(Head::read_json(&mut JsonCursor::new(&written)), Ok(head));
    assert_eq!(Head::from_cursor(&head.to_cursor()), Ok(head));
    if cursor.end().is_ok() {
        let members = raw::members(text).unwrap();
        assert_eq!(members["sequenceNumber"].get(), head.sequence_number.to_string());
        let link = raw::string(members["link"].get()).unwrap();
        assert_eq!(link.to_lowercase(), head.link.to_string());
    }
}
