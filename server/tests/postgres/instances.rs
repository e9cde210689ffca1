//! Several instances on one log: G2, G3 and G4 among them, and how they hear of each other.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use foldlog::{
    core::{
        Limits,
        append::{AppendRejection, GivenExpectations},
        read::EventFilter,
    },
    engine::EventStore,
    environment::system,
    storage::{AppendError, ReadEvents, Storage},
    testing::{aggregate_id, event, read_all},
};
use foldlog_server::{Isolation, LogName, PostgresOptions, PostgresStorage};

use crate::support::{log_name, open, options, runtime, server};

type Store = Arc<EventStore<PostgresStorage>>;

const WRITERS: usize = 4;
const ROUNDS: usize = 25;
const AGGREGATES: usize = 3;

async fn store(options: PostgresOptions, name: &LogName) -> Store {
    let (_, storage) = open(options, name.clone(), system()).await.unwrap();
    Arc::new(EventStore::new(storage, system(), Limits::default()))
}

/// Appends to one aggregate after the other, each time with the version that it saw. Gives what it won.
async fn write(store: Store, writer: usize) -> Vec<(String, u64)> {
    let mut won = Vec::new();
    for round in 0..ROUNDS {
        let aggregate = format!("a{}", (writer + round) % AGGREGATES);
        loop {
            let version = store.aggregate_version(&aggregate_id(&aggregate)).await.unwrap();
            let events = vec![event(&aggregate, &format!("[{writer},{round}]"))];
            match store.append(events, GivenExpectations::exactly(version)).await {
                Ok(receipt) => {
                    assert_eq!(receipt.versions, [(aggregate_id(&aggregate), version + 1)]);
                    won.push((aggregate, version + 1));
                    break;
                }
                Err(AppendError::Rejected(AppendRejection::ConcurrencyConflict(conflicts))) => {
                    assert!(
                        conflicts[0].actual > version,
                        "a conflict tells a version that is current"
                    );
                }
                Err(error) => panic!("{error:?}"),
            }
        }
    }
    won
}

/// Reads what is new until it has read so many, and finds no event at or below a position where it has been.
async fn follow(store: Store, total: u64) {
    let mut position = 0;
    while position < total {
        let request = ReadEvents {
            from: Some(position),
            ..ReadEvents::default()
        };
        let page = store.read_events(request).await.unwrap();
        let numbers: Vec<_> = page.entries().iter().map(|entry| entry.sequence_number).collect();
        let due: Vec<_> = (position + 1..=page.position).collect();
        assert_eq!(numbers, due, "each position, when it is passed, has its event");
        position = page.position;
    }
}

fn instances_keep_the_guarantees(isolation: Isolation) {
    let name = log_name();
    runtime().block_on(async {
        let options = || PostgresOptions { isolation, ..options() };
        let stores = [store(options(), &name).await, store(options(), &name).await];
        let total = 2 * WRITERS * ROUNDS;
        let reader = tokio::spawn(follow(store(options(), &name).await, total as u64));
        let writers: Vec<_> = (0..2 * WRITERS)
            .map(|writer| tokio::spawn(write(Arc::clone(&stores[writer % 2]), writer)))
            .collect();
        let mut won = BTreeSet::new();
        for writer in writers {
            for win in writer.await.unwrap() {
                assert!(won.insert(win), "two appends won one version");
            }
        }
        reader.await.unwrap();
        assert_eq!(won.len(), total);
        let mut versions = BTreeMap::<_, u64>::new();
        let all = read_all(&stores[0], &EventFilter::default(), 64).await.unwrap();
        for (event, number) in all.iter().zip(1..) {
            assert_eq!(event.sequence_number, number);
            let version = versions.entry(event.content.aggregate_id.clone()).or_default();
            *version += 1;
            assert_eq!(event.aggregate_version, *version);
        }
        assert_eq!(all.len(), total);
        let verified = stores[1].verify(None).await.unwrap();
        assert_eq!(verified.head, stores[0].head().await.unwrap());
    });
}

#[test]
fn instances_keep_the_guarantees_under_read_committed() {
    instances_keep_the_guarantees(Isolation::ReadCommitted);
}

#[test]
fn instances_keep_the_guarantees_under_serializable() {
    instances_keep_the_guarantees(Isolation::Serializable);
}

/// Whether an append of one instance wakes a reader of another within ten seconds.
async fn wakes(writer: &Store, reader: Store, after: u64) -> bool {
    let waiting = tokio::spawn(async move { reader.storage().changed(after).await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!waiting.is_finished());
    let append = writer.append(vec![event("a", "1")], GivenExpectations::any());
    append.await.unwrap();
    let woken = tokio::time::timeout(Duration::from_secs(10), waiting).await;
    woken.is_ok_and(|waited| waited.unwrap().is_ok())
}

#[test]
fn an_instance_hears_of_another_without_its_poll() {
    let name = log_name();
    runtime().block_on(async {
        let options = || PostgresOptions {
            poll: Duration::from_secs(600),
            ..options()
        };
        let (writer, reader) = (store(options(), &name).await, store(options(), &name).await);
        for after in 0..3 {
            assert!(wakes(&writer, Arc::clone(&reader), after).await);
        }
    });
}

#[test]
fn a_poll_finds_what_nobody_told() {
    let name = log_name();
    runtime().block_on(async {
        let options = || PostgresOptions {
            poll: Duration::from_millis(50),
            notifications: false,
            ..options()
        };
        let (writer, reader) = (store(options(), &name).await, store(options(), &name).await);
        assert!(wakes(&writer, reader, 0).await);
    });
}

#[test]
fn a_listener_that_was_lost_comes_back() {
    let name = log_name();
    runtime().block_on(async {
        let options = || PostgresOptions {
            dsn: format!("{} application_name={name}", server().service()),
            poll: Duration::from_secs(600),
            ..options()
        };
        let (writer, reader) = (store(options(), &name).await, store(options(), &name).await);
        assert!(wakes(&writer, Arc::clone(&reader), 0).await);
        let ended = server()
            .superuser()
            .await
            .execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND query LIKE 'LISTEN%'",
                &[&name.as_str()],
            )
            .await
            .unwrap();
        assert_eq!(ended, 2);
        assert!(wakes(&writer, reader, 1).await, "news that came meanwhile is looked for when it listens again");
    });
}
