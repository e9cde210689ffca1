//! Fifty clients on two instances: 20,000 appends with `FOLDLOG_FULL`, 2,000 without.

use std::{env, sync::Arc, time::Instant};

use foldlog_server::{FanoutOptions, Isolation, PostgresOptions};

use super::{
    checker::{Answer, check},
    client::{Client, subscribe, whole},
};
use crate::{
    fanout::Instance,
    support::{log_name, options, runtime},
};

const CLIENTS: usize = 50;
const AGGREGATES: usize = 100;
const SUBSCRIBERS: usize = 6;

fn many_clients(isolation: Isolation, appends: usize) {
    let name = log_name();
    let options = || PostgresOptions {
        isolation,
        pool_size: 8,
        ..options()
    };
    // Small, so that subscribers change between pages and the ring.
    let fanout = FanoutOptions {
        ring_events: 200,
        page_events: 50,
        ..FanoutOptions::default()
    };
    runtime().block_on(async {
        let mut instances = Vec::new();
        for _ in 0..2 {
            instances.push(Arc::new(Instance::new(&name, options(), fanout).await));
        }
        let subscribers: Vec<_> = (0..SUBSCRIBERS)
            .map(|n| tokio::spawn(subscribe(Arc::clone(&instances[n % 2]), appends as u64)))
            .collect();
        let begun = Instant::now();
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                let mut working = Client::new(&instances[client % 2], begun);
                tokio::spawn(async move {
                    for n in 0..appends / CLIENTS {
                        // All clients are near the same aggregates at the same time.
                        let aggregate = format!("a{}", (n + client % 5) % AGGREGATES);
                        working.append(&aggregate, &format!("[{client},{n}]")).await;
                    }
                    working.history
                })
            })
            .collect();
        let mut histories = Vec::new();
        for client in clients {
            histories.push(client.await.unwrap());
        }
        let took = begun.elapsed();
        let mut streams = Vec::new();
        for subscriber in subscribers {
            streams.push(subscriber.await.unwrap());
        }
        let log = whole(&instances[0]).await;
        assert_eq!(log.len(), appends);
        let conflicts = histories
            .iter()
            .flatten()
            .filter(|attempt| matches!(attempt.answer, Answer::Conflict { .. }))
            .count();
        let wrong = check(&histories, &log, &streams);
        assert!(wrong.is_empty(), "{} are wrong, first {:?}", wrong.len(), &wrong[..wrong.len().min(5)]);
        assert!(conflicts > 0);
        println!("{isolation:?}: {CLIENTS} clients on two instances, {appends} appends and {conflicts} conflicts in {took:.1?}, all as told");
    });
}

fn appends() -> usize {
    if env::var_os("FOLDLOG_FULL").is_some() {
        20_000
    } else {
        2_000
    }
}

#[test]
fn fifty_clients_are_told_the_truth_under_read_committed() {
    many_clients(Isolation::ReadCommitted, appends());
}

#[test]
fn fifty_clients_are_told_the_truth_under_serializable() {
    many_clients(Isolation::Serializable, appends() / 4);
}
