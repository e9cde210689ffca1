//! Random events and logs.

use std::cell::Cell;

use foldlog::{
    core::{
        AggregateId, AggregateType, Epoch, EventId, EventType, Head, JsonText, Label, Limits, Timestamp,
        append::{
            AggregateState, Durability, Expectation, GivenExpectations, GroupPlan, LogView, PreparedAppend,
            StoredAppend,
        },
        event::NewEvent,
        record::Record,
    },
    testing::event_id,
};
use proptest::prelude::*;

/// A text that names may have, with everything that JSON must escape.
pub(crate) fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-c]",
        "[a-z]{1,8}",
        prop::collection::vec(any::<char>(), 1..6).prop_map(|chars| chars.into_iter().collect()),
        Just("__proto__".to_owned()),
        Just("\"\\\u{1}\u{7f}\u{2028}é😀".to_owned()),
    ]
    .prop_filter("reserved or with NUL", |text: &String| {
        !text.starts_with('$') && !text.contains('\0')
    })
}

pub(crate) fn payload() -> impl Strategy<Value = JsonText> {
    let texts = [
        "null",
        "1.10",
        "{\"a\":[1,{}]}",
        "\"é😀\\ud800\"",
        "[\"\\u0000\"]",
        "{\"__proto__\":1}",
        "-0e+1",
    ];
    prop::sample::select(texts.to_vec()).prop_map(|text| JsonText::parse(text).unwrap())
}

fn some_label() -> impl Strategy<Value = Label> {
    name().prop_map(|text| Label::parse(&text).unwrap())
}

prop_compose! {
    /// An event without an id, of an aggregate whose type follows from its id.
    pub(crate) fn new_event()(
        aggregate in name(),
        event_type in name(),
        data in payload(),
        metadata in prop::option::of(Just(JsonText::parse("{\"m\":1.0}").unwrap())),
        schema_version in 1..=u16::MAX,
        created_at in prop::option::of(-62_135_596_800_000_i64..253_402_300_799_999),
        tags in prop::collection::vec(some_label(), 0..3),
        references in (prop::option::of(some_label()), prop::option::of(some_label()), prop::option::of(some_label())),
    ) -> NewEvent {
        NewEvent {
            id: None,
            aggregate_type: AggregateType::parse(&format!("type of {}", aggregate.len())).unwrap(),
            aggregate_id: AggregateId::parse(&aggregate).unwrap(),
            event_type: EventType::parse(&event_type).unwrap(),
            aggregate_version: None,
            schema_version,
            event_data: data,
            metadata,
            tags,
            created_at: created_at.map(Timestamp::from_millis),
            caused_by: references.0,
            causation_id: references.1,
            correlation_id: references.2,
        }
    }
}

/// The events of an append.
pub(crate) fn events() -> impl Strategy<Value = Vec<NewEvent>> {
    prop::collection::vec(new_event(), 1..5)
}

/// Expects the same of every aggregate.
pub(crate) fn prepare(events: Vec<NewEvent>, expectation: Expectation, now: i64, first_id: u64) -> PreparedAppend {
    let mut ids: Vec<_> = events.iter().map(|event| event.aggregate_id.clone()).collect();
    ids.sort();
    ids.dedup();
    let given = GivenExpectations {
        of_the_aggregate: None,
        of_each: ids.into_iter().map(|id| (id, expectation)).collect(),
    };
    let id = Cell::new(first_id);
    let mint = || event_id(id.replace(id.get() + 1));
    PreparedAppend::new(events, &given, &Limits::default(), Timestamp::from_millis(now), mint).unwrap()
}

/// A log that is a list of records, searched from one end to the other.
pub(crate) struct ListedLog {
    pub(crate) records: Vec<Record>,
}

impl ListedLog {
    pub(crate) fn new() -> Self {
        let genesis = Record::genesis(
            Epoch::from_random([4; 16]),
            Timestamp::from_millis(0),
            Durability::Memory,
        );
        Self { records: vec![genesis] }
    }

    /// A log of these appends, each a record of its own; those that do not fit are left out.
    pub(crate) fn of(appends: Vec<Vec<NewEvent>>) -> Self {
        let mut log = Self::new();
        for (events, at) in appends.into_iter().zip(0_u32..) {
            let append = prepare(events, Expectation::Any, i64::from(at) * 1_000, u64::from(at) * 100);
            let mut plan = GroupPlan::new(&log);
            let _ = plan.add(
                &append,
                Timestamp::from_millis(i64::from(at) * 1_000),
                Durability::Strict,
            );
            if let Some(record) = plan.finish() {
                log.records.push(record);
            }
        }
        log
    }

    pub(crate) fn events(&self) -> impl DoubleEndedIterator<Item = (&Record, usize)> {
        self.records
            .iter()
            .flat_map(|record| (0..record.directory().events.len()).map(move |index| (record, index)))
    }
}

impl LogView for ListedLog {
    fn head(&self) -> Head {
        self.records.last().unwrap().directory().head()
    }

    fn last_recorded_at(&self) -> Timestamp {
        self.records.last().unwrap().directory().last_recorded_at().unwrap()
    }

    fn aggregate(&self, id: &AggregateId) -> Option<AggregateState> {
        self.events().rev().find_map(|(record, index)| {
            let event = record.event(index).unwrap();
            (event.content.aggregate_id == *id).then_some(AggregateState {
                version: event.aggregate_version,
                aggregate_type: event.content.aggregate_type,
            })
        })
    }

    fn append_with(&self, id: EventId) -> Option<StoredAppend> {
        let mut events = self.events();
        let (record, index) = events.find(|(record, index)| record.directory().events[*index].id == id)?;
        Some(record.append_with(index))
    }
}
