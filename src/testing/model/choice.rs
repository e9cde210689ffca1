use std::collections::BTreeSet;

use super::naive::NaiveLog;
use crate::{
    core::{
        EventType, JsonText, Timestamp,
        append::{Expectation, GivenExpectations},
        event::NewEvent,
        read::EventFilter,
    },
    testing::{Random, aggregate_id, aggregate_type, event, event_id, label},
};

const AGGREGATES: u64 = 6;
const PAYLOADS: [&str; 6] = [
    "null",
    "{\"amount\": 1.10}",
    "[1,2,3]",
    "\"é😀\"",
    "\"\\u0000\"",
    "9007199254740993",
];
const TYPES: [&str; 3] = ["Made", "Paid", "Gone"];

/// What a random step does, given the log as it should be.
pub(super) struct Choice {
    pub(super) random: Random,
    ids: u64,
}

impl Choice {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            random: Random::new(seed),
            ids: 0,
        }
    }

    pub(super) fn aggregate(&mut self) -> String {
        format!("a{}", self.random.below(AGGREGATES))
    }

    /// An append that was not sent before, with expectations that are mostly right.
    pub(super) fn append(&mut self, log: &NaiveLog) -> (Vec<NewEvent>, GivenExpectations) {
        let with_ids = self.random.one_in(2);
        let events: Vec<_> = (0..=self.random.below(4)).map(|_| self.event(with_ids)).collect();
        let given = self.expectations(log, &events);
        (events, given)
    }

    /// An append that was stored before, as it was or nearly so.
    pub(super) fn repetition(&mut self, log: &NaiveLog) -> Option<(Vec<NewEvent>, GivenExpectations)> {
        let append = log.events.get(self.random.index(log.events.len().max(1)))?.append;
        let mut events: Vec<_> = log
            .places(append)
            .into_iter()
            .map(|place| {
                let stored = &log.events[place];
                stored.given.clone().with_id(stored.id)
            })
            .collect();
        match self.random.below(10) {
            0 => drop(events.pop()),
            1 => events.push(self.event(true)),
            2 => events.reverse(),
            3 => events[0].event_data = JsonText::parse("\"other\"").unwrap(),
            4 => events[0].tags.push(label("more")),
            5 => events[0].created_at = Some(Timestamp::from_millis(0)),
            6 => events.iter_mut().for_each(|event| event.created_at = None),
            _ => {}
        }
        let given = self.expectations(log, &events);
        (!events.is_empty()).then_some((events, given))
    }

    pub(super) fn filter(&mut self, log: &NaiveLog) -> EventFilter {
        let mut filter = EventFilter::default();
        let end = log.events.len() as u64 + 3;
        for _ in 0..self.random.below(4) {
            match self.random.below(12) {
                0 | 1 => {
                    filter.aggregate_ids = Some(
                        (0..=self.random.below(2))
                            .map(|_| aggregate_id(&self.aggregate()))
                            .collect(),
                    );
                }
                2 => filter.aggregate_type = Some(aggregate_type(["even", "odd", "none"][self.random.index(3)])),
                3 => filter.event_types = Some([EventType::parse(TYPES[self.random.index(3)]).unwrap()].into()),
                4 => filter.tags = vec![label(["x", "y"][self.random.index(2)])],
                5 => filter.from_sequence = Some(self.random.below(end)),
                6 => filter.to_sequence = Some(self.random.below(end)),
                7 => filter.from_version = Some(self.random.below(30)),
                8 => filter.to_version = Some(self.random.below(30)),
                9 => filter.from_recorded_at = self.time(log),
                10 => filter.to_recorded_at = self.time(log),
                _ => filter.caused_by = Some(label(["u1", "u2"][self.random.index(2)])),
            }
        }
        filter
    }

    fn time(&mut self, log: &NaiveLog) -> Option<Timestamp> {
        let event = log.events.get(self.random.index(log.events.len().max(1)))?;
        Some(Timestamp::from_millis(event.recorded_at))
    }

    fn event(&mut self, with_id: bool) -> NewEvent {
        let number = self.random.below(AGGREGATES);
        // Rarely an event of the wrong type.
        let kind = if number.is_multiple_of(2) ^ self.random.one_in(50) {
            "even"
        } else {
            "odd"
        };
        self.ids += 1;
        NewEvent {
            id: with_id.then(|| event_id(self.ids)),
            aggregate_type: aggregate_type(kind),
            event_type: EventType::parse(TYPES[self.random.index(3)]).unwrap(),
            tags: ["x", "y"]
                .into_iter()
                .filter(|_| self.random.one_in(2))
                .map(label)
                .collect(),
            caused_by: self.random.one_in(2).then(|| label("u1")),
            correlation_id: self.random.one_in(3).then(|| label("c1")),
            metadata: self.random.one_in(3).then(|| JsonText::parse("{\"m\":1.0}").unwrap()),
            created_at: self.random.one_in(3).then(|| Timestamp::from_millis(1_700_000_000_000)),
            ..event(&format!("a{number}"), PAYLOADS[self.random.index(PAYLOADS.len())])
        }
    }

    fn expectations(&mut self, log: &NaiveLog, events: &[NewEvent]) -> GivenExpectations {
        let mut ids: BTreeSet<_> = events.iter().map(|event| event.aggregate_id.clone()).collect();
        if self.random.one_in(5) {
            ids.insert(aggregate_id(&self.aggregate()));
        }
        let mut of_each: Vec<_> = ids
            .into_iter()
            .map(|id| {
                let version = log.version(id.as_str());
                let expectation = match self.random.below(20) {
                    0 => Expectation::Exact(version + 1),
                    1 => Expectation::Exact(version.saturating_sub(1)),
                    2 | 3 => Expectation::Exists,
                    4..8 => Expectation::Any,
                    _ => Expectation::Exact(version),
                };
                (id, expectation)
            })
            .collect();
        if of_each.len() == 1 && self.random.one_in(2) {
            return GivenExpectations {
                of_the_aggregate: of_each.pop().map(|(_, expectation)| expectation),
                of_each,
            };
        }
        GivenExpectations {
            of_the_aggregate: None,
            of_each,
        }
    }
}
