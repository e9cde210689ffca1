use std::time::Duration;

use super::{Lab, event};
use crate::{
    core::{append::GivenExpectations, read::EventFilter},
    environment::Environment,
    storage::ReadEvents,
    testing::{Fixture, join_all, read_all, yield_now},
};

/// Appends take their place when they are called, in whatever order they are waited for.
pub async fn g4_appends_of_one_caller_keep_their_order<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    let appends: Vec<_> = (0..50)
        .map(|n: u64| {
            lab.store
                .append(vec![event("a", &n.to_string())], GivenExpectations::exactly(n))
        })
        .collect();
    let mut receipts = join_all(appends.into_iter().rev()).await;
    receipts.reverse();
    for (receipt, n) in receipts.into_iter().zip(1..) {
        assert_eq!(receipt.unwrap().first_sequence_number, n);
    }
    let data: Vec<_> = lab
        .all()
        .await
        .iter()
        .map(|event| event.content.event_data.as_str().to_owned())
        .collect();
    let due: Vec<_> = (0..50).map(|n| n.to_string()).collect();
    assert_eq!(data, due);
    lab.finish().await;
}

/// Who has read up to a position never finds a new event at or below it, in any tab.
pub async fn g4_a_reader_never_finds_a_new_event_below<F: Fixture>() {
    const EVENTS: u64 = 120;
    let lab = Lab::<F>::new().await;
    let tabs = [lab.another_tab().await, lab.another_tab().await];
    let write = async {
        join_all(tabs.iter().map(|tab| async move {
            for n in 0..EVENTS / 2 {
                let id = format!("a{}", n % 5);
                tab.append(vec![event(&id, &n.to_string())], GivenExpectations::any())
                    .await
                    .unwrap();
            }
        }))
        .await;
    };
    let read = async {
        let mut seen = Vec::new();
        while (seen.len() as u64) < EVENTS {
            let from = seen.len() as u64;
            let request = ReadEvents {
                from: Some(from),
                ..ReadEvents::default()
            };
            let page = lab.store.read_events(request).await.unwrap();
            let events = page.events().unwrap();
            assert_eq!(page.position, from + events.len() as u64);
            seen.extend(events);
            yield_now().await;
        }
        seen
    };
    let mut seen = Vec::new();
    join_all([
        Box::pin(write) as std::pin::Pin<Box<dyn Future<Output = ()>>>,
        Box::pin(async { seen = read.await }),
    ])
    .await;
    assert_eq!(seen, lab.all().await);
    assert!(seen.iter().zip(1..).all(|(event, n)| event.sequence_number == n));
    lab.finish().await;
}

/// The log's own time never goes back, though the clock does; what the caller says happened is kept as it was said.
pub async fn g4_recorded_time_never_goes_back<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    let start = lab.environment.now();
    lab.add(vec![event("a", "1")]).await;
    lab.environment
        .set(crate::core::Timestamp::from_millis(start.millis() - 86_400_000));
    lab.add(vec![event("a", "2")]).await;
    lab.environment.set(start);
    lab.environment.advance(Duration::from_secs(5));
    lab.add(vec![event("a", "3")]).await;
    let recorded: Vec<_> = lab
        .all()
        .await
        .iter()
        .map(|event| event.recorded_at.millis() - start.millis())
        .collect();
    assert_eq!(recorded, [0, 0, 5_000]);
    let created: Vec<_> = read_all(&lab.store, &EventFilter::default(), 10)
        .await
        .unwrap()
        .iter()
        .map(|event| event.content.created_at.millis() - start.millis())
        .collect();
    assert_eq!(created, [0, -86_400_000, 5_000]);
    lab.finish().await;
}
