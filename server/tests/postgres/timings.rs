//! How long appends take, printed and not judged: `cargo test --release --package foldlog-server timings -- --ignored --nocapture`,
//! with `FOLDLOG_FSYNC=1` on a PostgreSQL that flushes.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use foldlog::{
    core::{
        Limits,
        append::{Expectation, GivenExpectations},
        event::NewEvent,
        read::EventFilter,
    },
    engine::EventStore,
    environment::system,
    testing::{each, event, label, read_all},
};
use foldlog_server::{Isolation, PostgresDatabase, PostgresOptions, PostgresStorage, restore};

use crate::support::{log_name, open, options, runtime, server};

const DATA: &str =
    r#"{"amount":"10.00","currency":"EUR","note":"a payload of about one hundred bytes, as a wallet's event has it"}"#;

type Store = Arc<EventStore<PostgresStorage>>;

async fn store(isolation: Isolation) -> (PostgresDatabase, Store) {
    let options = PostgresOptions { isolation, ..options() };
    let (database, storage) = open(options, log_name(), system()).await.unwrap();
    (
        database,
        Arc::new(EventStore::new(storage, system(), Limits::default())),
    )
}

async fn append(store: Store, aggregate: String, batches: usize, events: usize) -> Vec<Duration> {
    let mut times = Vec::new();
    for _ in 0..batches {
        let batch = (0..events).map(|_| event(&aggregate, DATA)).collect();
        let begun = Instant::now();
        store.append(batch, GivenExpectations::any()).await.unwrap();
        times.push(begun.elapsed());
    }
    times
}

fn print(what: &str, mut times: Vec<Duration>, events: usize, whole: Duration) {
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100].as_secs_f64() * 1_000.0;
    let rate = |count: usize| f64::from(u32::try_from(count).unwrap()) / whole.as_secs_f64();
    println!(
        "{what}: {:.0} appends/s, {:.0} events/s, p50 {:.2} ms, p99 {:.2} ms",
        rate(times.len()),
        rate(times.len() * events),
        at(50),
        at(99)
    );
}

#[test]
#[ignore = "measures, and judges nothing"]
fn filters_and_a_restore() {
    runtime().block_on(async {
        let name = log_name();
        let (_, storage) = open(options(), name.clone(), system()).await.unwrap();
        let store = EventStore::new(storage, system(), Limits::default());
        for batch in 0..100_u64 {
            let events = (0..1_000).map(|n| NewEvent {
                tags: if n == batch {
                    vec![label("rare")]
                } else {
                    vec![label("common"), label("usual")]
                },
                correlation_id: Some(label(&format!("order-{batch}"))),
                ..event(&format!("a{}", n % 50), DATA)
            });
            let aggregates: Vec<_> = (0..50).map(|n| format!("a{n}")).collect();
            let any: Vec<_> = aggregates.iter().map(|id| (id.as_str(), Expectation::Any)).collect();
            store.append(events.collect(), each(&any)).await.unwrap();
        }
        let tagged = |tag: &str| EventFilter {
            tags: vec![label(tag)],
            ..EventFilter::default()
        };
        let of_one_order = EventFilter {
            correlation_id: Some(label("order-7")),
            ..EventFilter::default()
        };
        let filters = [
            ("a rare tag", tagged("rare")),
            ("no such tag", tagged("none")),
            ("one order", of_one_order),
        ];
        for (what, filter) in filters {
            let begun = Instant::now();
            let read = read_all(&store, &filter, 1_000).await.unwrap().len();
            println!("{what} in 100,000 events: {read} events in {:.1?}", begun.elapsed());
        }
        let begun = Instant::now();
        let restored = restore(&server().owner("foldlog"), &name, 1_000, &*system())
            .await
            .unwrap();
        println!(
            "a restore that archives {} events: {:.1?}",
            restored.archived_events,
            begun.elapsed()
        );
    });
}

#[test]
#[ignore = "measures, and judges nothing"]
fn appends() {
    for isolation in [Isolation::ReadCommitted, Isolation::Serializable] {
        runtime().block_on(async {
            let (_, one) = store(isolation).await;
            append(Arc::clone(&one), "warm".to_owned(), 20, 1).await;
            for (what, batches, events) in [("one event at a time", 1_000, 1), ("batches of 100", 200, 100)] {
                let begun = Instant::now();
                let times = append(Arc::clone(&one), "a".to_owned(), batches, events).await;
                print(&format!("{isolation:?}, {what}"), times, events, begun.elapsed());
            }
            let (database, many) = store(isolation).await;
            let begun = Instant::now();
            let writers: Vec<_> = (0..32)
                .map(|writer| tokio::spawn(append(Arc::clone(&many), format!("a{writer}"), 200, 1)))
                .collect();
            let mut times = Vec::new();
            for writer in writers {
                times.extend(writer.await.unwrap());
            }
            print(
                &format!("{isolation:?}, 32 writers of one instance"),
                times,
                1,
                begun.elapsed(),
            );
            let counted = database.counters();
            println!("  in {} transactions", counted.groups);
            let begun = Instant::now();
            let read = read_all(&one, &EventFilter::default(), 1_000).await.unwrap().len();
            println!(
                "{isolation:?}, reading {read} events: {:.0} ms",
                begun.elapsed().as_secs_f64() * 1_000.0
            );
        });
    }
}
