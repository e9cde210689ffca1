//! G3 and G4 under real threads, on the memory backend.
#![cfg(not(all(target_family = "wasm", target_os = "unknown")))]

use std::{collections::HashSet, sync::Arc, thread};

use foldlog::{
    backends::memory::MemoryStorage,
    core::{
        Limits,
        append::{AppendRejection, GivenExpectations},
        event::NewEvent,
        read::EventFilter,
    },
    engine::{EventStore, SubscribeFrom},
    environment,
    storage::{AppendError, ReadEvents},
    testing::{aggregate_id, event, event_id, read_all},
};
use pollster::block_on;

const THREADS: u64 = 8;
const EACH: u64 = 250;

fn tabs() -> Vec<EventStore<MemoryStorage>> {
    let environment = environment::system();
    let log = MemoryStorage::new(Arc::clone(&environment));
    let open = |_| EventStore::new(log.clone(), Arc::clone(&environment), Limits::default());
    (0..THREADS).map(open).collect()
}

fn append(store: &EventStore<MemoryStorage>, event: NewEvent, version: u64) -> Result<u64, u64> {
    match block_on(store.append(vec![event], GivenExpectations::exactly(version))) {
        Ok(receipt) => Ok(receipt.versions[0].1),
        Err(AppendError::Rejected(AppendRejection::ConcurrencyConflict(conflicts))) => Err(conflicts[0].actual),
        Err(other) => panic!("{other}"),
    }
}

/// Every thread appends to the same aggregate until each of its events is in; conflicts are truthful and nothing is lost.
#[test]
fn g3_threads_that_contend_lose_nothing() {
    let tabs = tabs();
    let conflicts: u64 = thread::scope(|scope| {
        let writers: Vec<_> = tabs
            .iter()
            .map(|tab| {
                scope.spawn(|| {
                    let (mut version, mut conflicts) = (0, 0);
                    for _ in 0..EACH {
                        loop {
                            match append(tab, event("a", "1"), version) {
                                Ok(new) => break version = new,
                                Err(actual) => {
                                    assert!(actual > version, "a conflict with what was expected");
                                    version = actual;
                                    conflicts += 1;
                                }
                            }
                        }
                    }
                    conflicts
                })
            })
            .collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).sum()
    });
    println!("{conflicts} conflicts");
    let version = block_on(tabs[0].aggregate_version(&aggregate_id("a"))).unwrap();
    assert_eq!(version, THREADS * EACH);
    assert_eq!(block_on(tabs[0].verify(None)).unwrap().events, THREADS * EACH);
}

/// Of threads that send the same expectation at once, exactly one succeeds, each time.
#[test]
fn g3_one_thread_wins_each_version() {
    let tabs = tabs();
    let barrier = std::sync::Barrier::new(tabs.len());
    let wins: Vec<u64> = thread::scope(|scope| {
        let writers: Vec<_> = tabs
            .iter()
            .map(|tab| {
                let barrier = &barrier;
                scope.spawn(move || {
                    (0..EACH)
                        .filter(|version| {
                            barrier.wait();
                            append(tab, event("a", "1"), *version).is_ok()
                        })
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
    });
    assert_eq!(wins.len() as u64, EACH);
    assert_eq!(wins.iter().collect::<HashSet<_>>().len() as u64, EACH);
}

/// The same append, sent by all threads, is stored once and answered with one receipt.
#[test]
fn g5_threads_that_send_the_same_append_store_it_once() {
    let tabs = tabs();
    for round in 0..50 {
        let heads: Vec<_> = thread::scope(|scope| {
            let writers: Vec<_> = tabs
                .iter()
                .map(|tab| {
                    scope.spawn(move || {
                        let events = vec![event("a", "1").with_id(event_id(round))];
                        block_on(tab.append(events, GivenExpectations::exactly(round))).unwrap()
                    })
                })
                .collect();
            writers.into_iter().map(|writer| writer.join().unwrap()).collect()
        });
        assert!(heads.iter().all(|receipt| receipt.head == heads[0].head));
        assert_eq!(heads.iter().filter(|receipt| !receipt.replayed).count(), 1);
    }
}

/// Readers and subscriptions see each event once and in order while threads write; what was read stays as it was.
#[test]
fn g4_readers_see_one_order_while_threads_write() {
    let tabs = tabs();
    let total = (THREADS - 2) * EACH;
    let (read, delivered) = thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut seen = Vec::new();
            while (seen.len() as u64) < total {
                let request = ReadEvents {
                    from: Some(seen.len() as u64),
                    ..ReadEvents::default()
                };
                let page = block_on(tabs[0].read_events(request)).unwrap();
                seen.extend(page.events().unwrap());
            }
            seen
        });
        let subscriber = scope.spawn(|| {
            let subscription = block_on(tabs[1].subscribe(EventFilter::default(), SubscribeFrom::Sequence(0))).unwrap();
            let mut delivered = Vec::new();
            while (delivered.len() as u64) < total {
                let batch = block_on(subscription.next(9)).unwrap().unwrap();
                delivered.extend(batch.page.events().unwrap());
            }
            delivered
        });
        for (tab, writer) in tabs[2..].iter().zip(0..) {
            scope.spawn(move || {
                for n in 0..EACH {
                    let data = format!("[{writer},{n}]");
                    block_on(tab.append(vec![event(&format!("a{}", n % 3), &data)], GivenExpectations::any())).unwrap();
                }
            });
        }
        (reader.join().unwrap(), subscriber.join().unwrap())
    });
    let stored = block_on(read_all(&tabs[0], &EventFilter::default(), 1_000)).unwrap();
    assert!(read == stored && delivered == stored);
    for writer in 0..THREADS - 2 {
        let start = format!("[{writer},");
        let own = stored
            .iter()
            .filter(|event| event.content.event_data.as_str().starts_with(&start));
        assert!(
            own.zip(0..)
                .all(|(event, n)| event.content.event_data.as_str() == format!("[{writer},{n}]"))
        );
    }
}

/// A subscription that waits on one thread is ended by closing its store on another.
#[test]
fn g7_closing_on_another_thread_ends_a_waiting_subscription() {
    let tabs = tabs();
    let subscription = block_on(tabs[0].subscribe(EventFilter::default(), SubscribeFrom::End)).unwrap();
    assert!(block_on(subscription.next(1)).unwrap().unwrap().caught_up);
    thread::scope(|scope| {
        let waiting = scope.spawn(|| block_on(subscription.next(1)).unwrap());
        thread::yield_now();
        block_on(tabs[0].close());
        assert_eq!(waiting.join().unwrap(), None);
    });
}
