//! The filter against a rule that looks at the event's JSON with another parser.

use foldlog::core::{AggregateId, AggregateType, EventType, Label, Timestamp, read::EventFilter};
use proptest::prelude::*;
use serde_json::Value;

use crate::samples::{ListedLog, events, name};

/// The conditions of a filter, as texts and numbers.
#[derive(Clone, Debug, Default)]
struct Conditions {
    aggregate_ids: Option<Vec<String>>,
    event_types: Option<Vec<String>>,
    tags: Vec<String>,
    caused_by: Option<String>,
    correlation_id: Option<String>,
    type_of_length: Option<usize>,
    sequence: (Option<u64>, Option<u64>),
    version: (Option<u64>, Option<u64>),
    recorded: (Option<u32>, Option<u32>),
}

fn range(end: u64) -> impl Strategy<Value = (Option<u64>, Option<u64>)> {
    (prop::option::weighted(0.2, 0..end), prop::option::weighted(0.2, 0..end))
}

prop_compose! {
    fn conditions()(
        aggregate_ids in prop::option::weighted(0.3, prop::collection::vec(name(), 0..4)),
        event_types in prop::option::weighted(0.2, prop::collection::vec(name(), 0..4)),
        tags in prop::collection::vec(name(), 0..2),
        caused_by in prop::option::weighted(0.1, name()),
        correlation_id in prop::option::weighted(0.1, name()),
        type_of_length in prop::option::weighted(0.2, 1..4_usize),
        sequence in range(12),
        version in range(5),
        recorded in (prop::option::weighted(0.2, 0..5_u32), prop::option::weighted(0.2, 0..5_u32)),
        few in any::<bool>(),
    ) -> Conditions {
        // Half of them with few conditions, so that something matches.
        if few {
            return Conditions { aggregate_ids, sequence, ..Conditions::default() };
        }
        Conditions { aggregate_ids, event_types, tags, caused_by, correlation_id, type_of_length, sequence, version, recorded }
    }
}

impl Conditions {
    fn filter(&self) -> EventFilter {
        let label = |text: &String| Label::parse(text).unwrap();
        let second = |at: u32| Timestamp::from_millis(i64::from(at) * 1_000);
        EventFilter {
            aggregate_ids: self
                .aggregate_ids
                .as_ref()
                .map(|ids| ids.iter().map(|id| AggregateId::parse(id).unwrap()).collect()),
            aggregate_type: self
                .type_of_length
                .map(|length| AggregateType::parse(&format!("type of {length}")).unwrap()),
            event_types: self.event_types.as_ref().map(|types| {
                types
                    .iter()
                    .map(|event_type| EventType::parse(event_type).unwrap())
                    .collect()
            }),
            tags: self.tags.iter().map(label).collect(),
            from_sequence: self.sequence.0,
            to_sequence: self.sequence.1,
            from_version: self.version.0,
            to_version: self.version.1,
            from_recorded_at: self.recorded.0.map(second),
            to_recorded_at: self.recorded.1.map(second),
            caused_by: self.caused_by.as_ref().map(label),
            correlation_id: self.correlation_id.as_ref().map(label),
        }
    }

    fn fit(&self, event: &Value) -> bool {
        let text = |member: &str| event[member].as_str().unwrap_or_default().to_owned();
        let within = |number: u64, (from, to): (Option<u64>, Option<u64>)| {
            (from.unwrap_or(0)..=to.unwrap_or(u64::MAX)).contains(&number)
        };
        let second: u64 = text("recordedAt")[17..19].parse().unwrap();
        let (from, to) = self.recorded;
        self.aggregate_ids
            .as_ref()
            .is_none_or(|ids| ids.contains(&text("aggregateId")))
            && self
                .event_types
                .as_ref()
                .is_none_or(|types| types.contains(&text("eventType")))
            && self
                .type_of_length
                .is_none_or(|length| text("aggregateType") == format!("type of {length}"))
            && self
                .tags
                .iter()
                .all(|tag| event["tags"].as_array().unwrap().iter().any(|one| one == tag))
            && self.caused_by.as_ref().is_none_or(|who| event["causedBy"] == **who)
            && self
                .correlation_id
                .as_ref()
                .is_none_or(|what| event["correlationId"] == **what)
            && within(event["sequenceNumber"].as_u64().unwrap(), self.sequence)
            && within(event["aggregateVersion"].as_u64().unwrap(), self.version)
            && within(second, (from.map(u64::from), to.map(u64::from)))
    }
}

proptest! {
    #[test]
    fn a_filter_means_what_its_fields_say(
        appends in prop::collection::vec(events(), 1..5),
        filters in prop::collection::vec(conditions(), 8),
    ) {
        let log = ListedLog::of(appends);
        for (record, index) in log.events() {
            let json: Value = serde_json::from_str(&record.event_text(index).replace("\\ud800", "")).unwrap();
            let event = record.event(index).unwrap();
            for conditions in &filters {
                let filter = conditions.filter();
                prop_assert_eq!(filter.matches(&event), conditions.fit(&json), "{:?} of {}", conditions, json);
                prop_assert_eq!(filter.matches_in(record, index).unwrap(), filter.matches(&event));
                let (first, last) = filter.sequence_bounds();
                prop_assert!(!filter.matches(&event) || (first..=last).contains(&event.sequence_number));
            }
        }
    }
}
