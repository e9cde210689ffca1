use super::{Lab, aggregate_id, event};
use crate::{
    core::{
        EventType,
        event::{NewEvent, RecordedEvent},
        read::{EventFilter, EventPage, PageLimits},
    },
    environment::Environment,
    storage::{ReadAggregate, ReadEvents},
    testing::{Fixture, Random, aggregate_type, label, read_all},
};

fn limited(events: usize) -> PageLimits {
    PageLimits {
        events,
        ..PageLimits::default()
    }
}

fn numbers(page: &EventPage) -> Vec<u64> {
    page.entries().iter().map(|entry| entry.sequence_number).collect()
}

/// Pages end where they should: none, one, exactly as many as allowed, one more.
pub async fn reads_page_edges<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    let read = |from, events| {
        lab.store.read_events(ReadEvents {
            from: Some(from),
            limits: limited(events),
            with_place: true,
            ..ReadEvents::default()
        })
    };
    let empty = read(0, 5).await.unwrap();
    assert!(empty.done && empty.entries().is_empty() && empty.text().is_empty());
    for count in 1..=7_u64 {
        lab.add(vec![event("a", &count.to_string())]).await;
        for limit in 1..=8 {
            let page = read(0, limit).await.unwrap();
            let due: Vec<u64> = (1..=count.min(limit as u64)).collect();
            assert_eq!(numbers(&page), due);
            assert_eq!(page.done, limit as u64 >= count, "{count} events, pages of {limit}");
            assert_eq!(page.position, count.min(limit as u64));
            assert_eq!(page.place, lab.store.place(page.position).await.unwrap());
        }
    }
    let small = ReadEvents {
        limits: PageLimits { events: 100, bytes: 1 },
        ..ReadEvents::default()
    };
    let page = lab.store.read_events(small).await.unwrap();
    assert_eq!(
        (numbers(&page), page.done),
        (vec![1], false),
        "a page has at least one event"
    );
    lab.finish().await;
}

/// Backward reads give the same events the other way round, from the end or from any position.
pub async fn reads_backward<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    for n in 0..6 {
        lab.add(vec![event("a", &n.to_string()), event("b", "1")]).await;
    }
    let even = EventFilter {
        aggregate_ids: Some([aggregate_id("b")].into()),
        ..EventFilter::default()
    };
    for (filter, step) in [(EventFilter::default(), 1), (even, 2)] {
        for start in [None, Some(1), Some(2), Some(7), Some(12), Some(13), Some(99)] {
            let mut found = Vec::new();
            let mut from = start;
            loop {
                let request = ReadEvents {
                    filter: filter.clone(),
                    from,
                    backward: true,
                    limits: limited(5),
                    ..ReadEvents::default()
                };
                let page = lab.store.read_events(request).await.unwrap();
                found.extend(numbers(&page));
                if page.done {
                    break;
                }
                assert!(
                    from.is_none_or(|from| page.position < from),
                    "a backward page moves towards the beginning"
                );
                from = Some(page.position);
            }
            let end = start.unwrap_or(13).min(13);
            let due: Vec<u64> = (1..end).rev().filter(|n| n % step == 0).collect();
            assert_eq!(found, due, "from {start:?}");
        }
    }
    lab.finish().await;
}

/// The versions of one aggregate, in any range and by pages of any size.
pub async fn reads_of_one_aggregate<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    for n in 0..10 {
        lab.add(vec![event("b", "0"), event("a", &n.to_string())]).await;
        if n == 5 {
            lab.maintain().await;
        }
    }
    for (from, to) in [
        (0, None),
        (1, None),
        (4, Some(7)),
        (10, None),
        (11, None),
        (3, Some(2)),
        (1, Some(99)),
        (2, Some(2)),
    ] {
        for limit in [1, 3, 100] {
            let mut found = Vec::new();
            let mut next = from;
            loop {
                let request = ReadAggregate {
                    id: aggregate_id("a"),
                    from_version: next,
                    to_version: to,
                    limits: limited(limit),
                };
                let page = lab.store.read_aggregate(request).await.unwrap();
                assert!(page.entries().len() <= limit);
                found.extend(page.events().unwrap());
                if page.done {
                    break;
                }
                assert_eq!(Some(page.position), found.last().map(|event| event.aggregate_version));
                next = page.position + 1;
            }
            let versions: Vec<_> = found.iter().map(|event| event.aggregate_version).collect();
            let due: Vec<_> = (from.max(1)..=to.unwrap_or(10).min(10)).collect();
            assert_eq!(versions, due, "{from} to {to:?} by {limit}");
            assert!(
                found
                    .iter()
                    .all(|event| event.content.aggregate_id == aggregate_id("a"))
            );
            assert!(
                found
                    .iter()
                    .all(|event| event.sequence_number == event.aggregate_version * 2)
            );
        }
    }
    lab.finish().await;
}

/// Whatever the filter, exactly the events are read that `EventFilter::matches` means.
pub async fn reads_agree_with_the_filter<F: Fixture>() {
    let mut lab = Lab::<F>::new().await;
    let mut random = Random::new(11);
    for round in 0..50 {
        let events = (0..=random.below(4)).map(|_| varied(&mut random)).collect();
        lab.add(events).await;
        lab.environment
            .advance(std::time::Duration::from_millis(random.below(3)));
        if round == 30 {
            lab.maintain().await;
        }
    }
    let all = lab.all().await;
    for round in 0..150 {
        if round == 75 {
            lab.maintain().await;
            lab.reopen().await;
        }
        let filter = some_filter(&mut random, all.len() as u64, &lab);
        let due: Vec<RecordedEvent> = all.iter().filter(|event| filter.matches(event)).cloned().collect();
        let page_events = 1 + random.index(9);
        let found = read_all(&lab.store, &filter, page_events).await.unwrap();
        assert!(
            found == due,
            "{filter:?} by {page_events}: {} instead of {}",
            found.len(),
            due.len()
        );
        let request = ReadEvents {
            filter: filter.clone(),
            backward: true,
            limits: limited(1_000),
            ..ReadEvents::default()
        };
        let mut backward = lab.store.read_events(request).await.unwrap().events().unwrap();
        backward.reverse();
        assert!(backward == due, "backward {filter:?}");
    }
    lab.finish().await;
}

fn varied(random: &mut Random) -> NewEvent {
    let aggregate = random.below(5);
    let mut event = event(&format!("a{aggregate}"), "{\"n\":1}");
    event.aggregate_type = aggregate_type(if aggregate < 3 { "wallet" } else { "order" });
    event.event_type = EventType::parse(["Made", "Paid", "Gone"][random.index(3)]).unwrap();
    event.tags = ["x", "y", "z"]
        .into_iter()
        .filter(|_| random.one_in(2))
        .map(label)
        .collect();
    event.caused_by = random.one_in(2).then(|| label(["u1", "u2"][random.index(2)]));
    event.correlation_id = random.one_in(2).then(|| label(["c1", "c2"][random.index(2)]));
    event
}

fn some_filter<F: Fixture>(random: &mut Random, events: u64, lab: &Lab<F>) -> EventFilter {
    let mut filter = EventFilter::default();
    for _ in 0..=random.below(3) {
        match random.below(12) {
            0 => {
                filter.aggregate_ids = Some(
                    (0..random.below(4))
                        .map(|_| aggregate_id(&format!("a{}", random.below(6))))
                        .collect(),
                );
            }
            1 => filter.aggregate_type = Some(aggregate_type(["wallet", "order", "none"][random.index(3)])),
            2 => {
                let types = ["Made", "Paid", "Gone", "None"];
                filter.event_types = Some(
                    (0..random.below(3))
                        .map(|_| EventType::parse(types[random.index(4)]).unwrap())
                        .collect(),
                );
            }
            3 => filter.tags = ["x", "y"].into_iter().filter(|_| random.one_in(2)).map(label).collect(),
            4 => filter.from_sequence = Some(random.below(events + 3)),
            5 => filter.to_sequence = Some(random.below(events + 3)),
            6 => filter.from_version = Some(random.below(20)),
            7 => filter.to_version = Some(random.below(20)),
            8 => filter.from_recorded_at = Some(some_time(random, lab)),
            9 => filter.to_recorded_at = Some(some_time(random, lab)),
            10 => filter.caused_by = Some(label(["u1", "u3"][random.index(2)])),
            _ => filter.correlation_id = Some(label(["c2", "c3"][random.index(2)])),
        }
    }
    filter
}

fn some_time<F: Fixture>(random: &mut Random, lab: &Lab<F>) -> crate::core::Timestamp {
    let back = i64::try_from(random.below(60)).unwrap();
    crate::core::Timestamp::from_millis(lab.environment.now().millis() - back)
}

/// A log of several thousand events reads whole, in bounded pages, before and after maintenance and reopening.
pub async fn reads_of_a_long_log<F: Fixture>() {
    let mut lab = Lab::<F>::new().await;
    for n in 0..300 {
        let events = (0..12)
            .map(|m| event(&format!("a{}", (n * 12 + m) % 17), &format!("[{n},{m}]")))
            .collect();
        lab.add(events).await;
    }
    for _ in 0..2 {
        let all = read_all(&lab.store, &EventFilter::default(), 500).await.unwrap();
        assert_eq!(all.len(), 3_600);
        assert!(all.iter().zip(0..).all(|(event, at): (_, u64)| {
            event.sequence_number == at + 1 && event.content.event_data.as_str() == format!("[{},{}]", at / 12, at % 12)
        }));
        let one = EventFilter {
            aggregate_ids: Some([aggregate_id("a3")].into()),
            ..EventFilter::default()
        };
        let found = read_all(&lab.store, &one, 50).await.unwrap();
        assert_eq!(found.len() as u64, lab.version("a3").await);
        lab.maintain().await;
        lab.reopen().await;
    }
    lab.finish().await;
}
