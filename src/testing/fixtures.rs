use crate::{
    core::{
        AggregateId, AggregateType, EventId, Label, ReducerIdentity,
        append::{Expectation, GivenExpectations},
        event::{NewEvent, RecordedEvent},
        read::{EventFilter, PageLimits},
    },
    engine::{EventStore, ReadError},
    storage::{ReadEvents, Storage},
};

/// An event of type `Happened` of an aggregate of type `thing`.
pub fn event(aggregate: &str, data: &str) -> NewEvent {
    NewEvent::new(aggregate, "thing", "Happened", data).unwrap()
}

/// The id of an aggregate.
pub fn aggregate_id(text: &str) -> AggregateId {
    AggregateId::parse(text).unwrap()
}

/// The type of an aggregate.
pub fn aggregate_type(text: &str) -> AggregateType {
    AggregateType::parse(text).unwrap()
}

/// A tag or reference.
pub fn label(text: &str) -> Label {
    Label::parse(text).unwrap()
}

/// The identity of a reducer.
pub fn reducer(text: &str) -> ReducerIdentity {
    ReducerIdentity::parse(text).unwrap()
}

/// An event id that differs for each number.
pub fn event_id(number: u64) -> EventId {
    let mut bytes = [0; 16];
    bytes[8..].copy_from_slice(&number.to_be_bytes());
    bytes[6] = 0x40;
    bytes[8] |= 0x80;
    EventId::from_bytes(bytes)
}

/// An expectation for each aggregate named.
pub fn each(pairs: &[(&str, Expectation)]) -> GivenExpectations {
    GivenExpectations {
        of_the_aggregate: None,
        of_each: pairs
            .iter()
            .map(|(id, expectation)| (aggregate_id(id), *expectation))
            .collect(),
    }
}

/// Every event that matches, read page by page.
pub async fn read_all<S: Storage>(
    store: &EventStore<S>,
    filter: &EventFilter,
    page_events: usize,
) -> Result<Vec<RecordedEvent>, ReadError> {
    let mut events = Vec::new();
    let mut from = 0;
    loop {
        let request = ReadEvents {
            filter: filter.clone(),
            from: Some(from),
            limits: PageLimits {
                events: page_events,
                ..PageLimits::default()
            },
            ..ReadEvents::default()
        };
        let page = store.read_events(request).await?;
        assert!(page.entries().len() <= page_events, "a page is larger than it may be");
        events.extend(page.events().unwrap());
        if page.done {
            return Ok(events);
        }
        assert!(page.position > from, "a page that is not done moves forward");
        from = page.position;
    }
}
