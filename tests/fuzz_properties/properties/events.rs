//! Events to append and stored events: what is accepted says what another parser reads, and can be appended.

use foldlog::{
    core::{
        InvalidInput, JsonText, Label, Limits, MAX_JSON_DEPTH, Timestamp,
        append::{Expectation, GivenExpectations, PreparedAppend},
        event::{NewEvent, RecordedEvent, read_new_events},
    },
    storage::AppendError,
    testing::{event_id, reference_digest},
};
use pollster::block_on;

use super::{
    raw::{self, Members},
    stores,
};

/// A stored event is read as it is written, and has the digest that the description gives it.
pub(super) fn stored(text: &str) {
    let Ok(event) = RecordedEvent::read_json(text) else {
        return;
    };
    let mut written = String::new();
    event.write_json(&mut written);
    assert_eq!(RecordedEvent::read_json(&written).as_ref(), Ok(&event));
    assert_eq!(event.content.digest(), reference_digest(&event));
    let members = raw::members(text).unwrap();
    assert_eq!(members["eventData"].get(), event.content.event_data.as_str());
    assert_eq!(members["sequenceNumber"].get(), event.sequence_number.to_string());
}

pub(super) fn new(text: &str, given: Option<GivenExpectations>) {
    match read_new_events(text) {
        Ok(events) => {
            let theirs = objects(text).unwrap();
            assert_eq!(events.len(), theirs.len());
            for (event, members) in events.iter().zip(&theirs) {
                says_the_same(event, members);
            }
            can_be_appended(&events, given.unwrap_or_else(|| any_of_each(&events)));
        }
        Err(refusal) => assert!(
            !is_plain(text) || refusal.reason == "is given twice",
            "{refusal} in {text}"
        ),
    }
}

fn objects(text: &str) -> Option<Vec<Members<'_>>> {
    serde_json::from_str(text).ok()
}

fn says_the_same(event: &NewEvent, members: &Members<'_>) {
    let name = |name: &str| members.get(name).and_then(|json| raw::string(json.get()));
    assert_eq!(name("aggregateId").as_deref(), Some(event.aggregate_id.as_str()));
    assert_eq!(name("aggregateType").as_deref(), Some(event.aggregate_type.as_str()));
    assert_eq!(name("eventType").as_deref(), Some(event.event_type.as_str()));
    for (member, label) in [
        ("causedBy", &event.caused_by),
        ("causationId", &event.causation_id),
        ("correlationId", &event.correlation_id),
    ] {
        assert_eq!(name(member).as_deref(), label.as_ref().map(Label::as_str));
    }
    let payload = |name: &str| members.get(name).map(|json| json.get());
    assert_eq!(payload("eventData"), Some(event.event_data.as_str()));
    let metadata = event.metadata.as_ref().map(JsonText::as_str);
    assert_eq!(payload("metadata").filter(|json| *json != "null"), metadata);
    assert!(raw::depth(event.event_data.as_str()) <= MAX_JSON_DEPTH);
}

/// Whether it is a list of events with the four members that each must have, and no others, all well within their limits.
fn is_plain(text: &str) -> bool {
    let is_name = |json: &str| {
        raw::string(json)
            .is_some_and(|name| (1..=100).contains(&name.len()) && !name.starts_with('$') && !name.contains('\0'))
    };
    objects(text).is_some_and(|events| {
        // Of a member that is given twice the other parser shows the last one only; a name may also be spelled with escapes.
        let is_given_once = |name: &str| text.matches(&format!("\"{name}\"")).count() == events.len();
        let names = ["aggregateId", "aggregateType", "eventType", "eventData"];
        let all_once = !text.contains("\\u") && names.into_iter().all(is_given_once);
        all_once
            && events.iter().all(|members| {
                let has_names = ["aggregateId", "aggregateType", "eventType"]
                    .iter()
                    .all(|name| members.get(*name).is_some_and(|json| is_name(json.get())));
                // Absent and null are not the same here: the payload null is a payload.
                let data = members.get("eventData");
                has_names && members.len() == 4 && data.is_some_and(|json| raw::depth(json.get()) <= MAX_JSON_DEPTH)
            })
    })
}

fn any_of_each(events: &[NewEvent]) -> GivenExpectations {
    let mut ids: Vec<_> = events.iter().map(|event| event.aggregate_id.clone()).collect();
    ids.sort();
    ids.dedup();
    GivenExpectations {
        of_the_aggregate: None,
        of_each: ids.into_iter().map(|id| (id, Expectation::Any)).collect(),
    }
}

fn can_be_appended(events: &[NewEvent], given: GivenExpectations) {
    let prepared = prepare(events.to_vec(), &given);
    let store = stores::empty();
    let appended = block_on(store.append(events.to_vec(), given));
    match (&prepared, &appended) {
        (Ok(append), Ok(receipt)) => assert_eq!(receipt.last_sequence_number, append.events().len() as u64),
        (Ok(_), Err(AppendError::Rejected(_))) | (Err(_), Err(AppendError::Invalid(_))) => {}
        _ => panic!("prepared as {prepared:?}, appended as {appended:?}"),
    }
    stores::prove(&store);
}

fn prepare(events: Vec<NewEvent>, given: &GivenExpectations) -> Result<PreparedAppend, InvalidInput> {
    let mut number = 0;
    let mint = || {
        number += 1;
        event_id(number)
    };
    PreparedAppend::new(events, given, &Limits::default(), Timestamp::from_millis(0), mint)
}
