use std::collections::BTreeMap;

use crate::core::{
    EventId, Timestamp,
    append::{Expectation, GivenExpectations},
    event::{NewEvent, RecordedEvent},
    read::EventFilter,
};

/// A log as one would write it in ten minutes: a list that is searched from one end to the other. It shares no rule with the core.
pub(super) struct NaiveLog {
    /// When it began: nothing is recorded before.
    pub(super) began: i64,
    pub(super) events: Vec<NaiveEvent>,
}

/// A stored event.
#[derive(Clone, Debug)]
pub(super) struct NaiveEvent {
    pub(super) given: NewEvent,
    pub(super) id: EventId,
    pub(super) created_at: i64,
    pub(super) recorded_at: i64,
    pub(super) version: u64,
    /// Which append stored it.
    pub(super) append: usize,
}

/// What an append comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is stored as the next one.
    Stored,
    /// It repeats this one.
    Replayed(usize),
    /// An event with this id is stored at this place.
    Duplicate(EventId, u64),
    /// An aggregate has another type.
    OtherType(String),
    /// These aggregates are at these versions.
    Conflicts(Vec<(String, u64)>),
}

impl NaiveLog {
    pub(super) fn version(&self, aggregate: &str) -> u64 {
        self.of(aggregate).count() as u64
    }

    pub(super) fn of(&self, aggregate: &str) -> impl DoubleEndedIterator<Item = &NaiveEvent> {
        self.events
            .iter()
            .filter(move |event| event.given.aggregate_id.as_str() == aggregate)
    }

    /// The places, from 0, of the events of an append.
    pub(super) fn places(&self, append: usize) -> Vec<usize> {
        (0..self.events.len())
            .filter(|place| self.events[*place].append == append)
            .collect()
    }

    pub(super) fn judge(&self, events: &[NewEvent], given: &GivenExpectations) -> Verdict {
        for event in events {
            let found = self.events.iter().position(|stored| Some(stored.id) == event.id);
            if let (Some(place), Some(id)) = (found, event.id) {
                let append = self.events[place].append;
                return if self.repeats(append, events) {
                    Verdict::Replayed(append)
                } else {
                    Verdict::Duplicate(id, place as u64 + 1)
                };
            }
        }
        for event in events {
            let stored = self.of(event.aggregate_id.as_str()).next();
            if stored.is_some_and(|stored| stored.given.aggregate_type != event.aggregate_type) {
                return Verdict::OtherType(event.aggregate_id.to_string());
            }
        }
        let mut failing = BTreeMap::new();
        let everywhere = given
            .of_the_aggregate
            .map(|expectation| (&events[0].aggregate_id, expectation));
        for (id, expectation) in given
            .of_each
            .iter()
            .map(|(id, expectation)| (id, *expectation))
            .chain(everywhere)
        {
            let version = self.version(id.as_str());
            let holds = match expectation {
                Expectation::Any => true,
                Expectation::Exists => version != 0,
                Expectation::Exact(exact) => version == exact,
            };
            if !holds {
                failing.insert(id.to_string(), version);
            }
        }
        if failing.is_empty() {
            Verdict::Stored
        } else {
            Verdict::Conflicts(failing.into_iter().collect())
        }
    }

    pub(super) fn store(&mut self, events: &[NewEvent], ids: &[EventId], now: i64) {
        let append = self.events.last().map_or(0, |last| last.append + 1);
        let recorded_at = self.events.last().map_or(self.began, |last| last.recorded_at).max(now);
        for (given, id) in events.iter().zip(ids) {
            self.events.push(NaiveEvent {
                id: *id,
                created_at: given.created_at.map_or(now, Timestamp::millis),
                recorded_at,
                version: self.version(given.aggregate_id.as_str()) + 1,
                append,
                given: given.clone(),
            });
        }
    }

    pub(super) fn matching(&self, filter: &EventFilter) -> Vec<u64> {
        let fits = |event: &NaiveEvent, number: u64| {
            let given = &event.given;
            let mut fits =
                number >= filter.from_sequence.unwrap_or(0) && number <= filter.to_sequence.unwrap_or(u64::MAX);
            fits &= event.version >= filter.from_version.unwrap_or(0);
            fits &= event.version <= filter.to_version.unwrap_or(u64::MAX);
            fits &= filter
                .from_recorded_at
                .is_none_or(|time| time.millis() <= event.recorded_at);
            fits &= filter
                .to_recorded_at
                .is_none_or(|time| time.millis() >= event.recorded_at);
            fits &= filter
                .aggregate_ids
                .as_ref()
                .is_none_or(|ids| ids.iter().any(|id| *id == given.aggregate_id));
            fits &= filter
                .aggregate_type
                .iter()
                .all(|wanted| *wanted == given.aggregate_type);
            fits &= filter
                .event_types
                .as_ref()
                .is_none_or(|types| types.iter().any(|one| *one == given.event_type));
            fits &= filter.tags.iter().all(|tag| given.tags.iter().any(|one| one == tag));
            fits &= filter.caused_by.is_none() || filter.caused_by == given.caused_by;
            fits && (filter.correlation_id.is_none() || filter.correlation_id == given.correlation_id)
        };
        let numbered = self.events.iter().zip(1..);
        numbered
            .filter(|(event, number)| fits(event, *number))
            .map(|(_, number)| number)
            .collect()
    }

    fn repeats(&self, append: usize, events: &[NewEvent]) -> bool {
        let stored: Vec<_> = self
            .places(append)
            .into_iter()
            .map(|place| &self.events[place])
            .collect();
        stored.len() == events.len()
            && stored.iter().zip(events).all(|(stored, event)| {
                let time_fits = event.created_at.is_none_or(|time| time.millis() == stored.created_at);
                let mut alike = stored.given.clone();
                alike.id = Some(stored.id);
                alike.created_at = event.created_at;
                alike.aggregate_version = event.aggregate_version;
                time_fits && alike == *event
            })
    }
}

impl NaiveEvent {
    /// Whether this is what was read.
    pub(super) fn is(&self, number: u64, read: &RecordedEvent) -> bool {
        let (given, content) = (&self.given, &read.content);
        read.sequence_number == number
            && read.aggregate_version == self.version
            && read.recorded_at.millis() == self.recorded_at
            && content.id == self.id
            && content.created_at.millis() == self.created_at
            && content.aggregate_id == given.aggregate_id
            && content.aggregate_type == given.aggregate_type
            && content.event_type == given.event_type
            && content.schema_version == given.schema_version
            && content.tags == given.tags
            && content.caused_by == given.caused_by
            && content.causation_id == given.causation_id
            && content.correlation_id == given.correlation_id
            && content.metadata == given.metadata
            && content.event_data == given.event_data
    }
}
