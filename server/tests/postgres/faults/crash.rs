//! PostgreSQL is killed and begun again, again and again, while many write and read.

use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use foldlog_server::{FanoutOptions, PostgresOptions};

use super::{
    checker::check,
    client::{Client, subscribe, whole},
};
use crate::{
    fanout::Instance,
    support::{Server, Setup, begin, log_name, options, runtime},
};

const WRITERS: usize = 16;
const APPENDS: usize = 60;
const CRASHES: usize = 3;

#[test]
fn nothing_is_lost_or_doubled_when_postgresql_is_killed() {
    let server = begin(&Setup {
        label: "-crash",
        // Each commit reaches the WAL's file, which outlives the processes; a power cut would need fsync as well.
        ..Setup::default()
    });
    let name = log_name();
    let options = || PostgresOptions {
        dsn: server.service(),
        pool_size: 4,
        ..options()
    };
    let (instances, tasks) = runtime().block_on(async {
        let mut instances = Vec::new();
        for _ in 0..2 {
            instances.push(Arc::new(
                Instance::new(&name, options(), FanoutOptions::default()).await,
            ));
        }
        let begun = Instant::now();
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let mut client = Client::new(&instances[writer % 2], begun);
                tokio::spawn(async move {
                    for n in 0..APPENDS {
                        client.append(&format!("a{}", (writer + n) % 6), &n.to_string()).await;
                        tokio::time::sleep(Duration::from_millis(25)).await;
                    }
                    client.history
                })
            })
            .collect();
        let total = u64::try_from(WRITERS * APPENDS).unwrap();
        let readers: Vec<_> = instances
            .iter()
            .map(|instance| tokio::spawn(subscribe(Arc::clone(instance), total)))
            .collect();
        (instances, (writers, readers))
    });
    let (writers, readers) = tasks;
    let mut crashes = 0;
    for _ in 0..CRASHES {
        thread::sleep(Duration::from_millis(500));
        if !writers.iter().all(tokio::task::JoinHandle::is_finished) {
            crash(&server);
            crashes += 1;
        }
    }
    runtime().block_on(async {
        let (mut histories, mut streams) = (Vec::new(), Vec::new());
        for writer in writers {
            histories.push(writer.await.unwrap());
        }
        for reader in readers {
            streams.push(reader.await.unwrap());
        }
        let log = whole(&instances[1]).await;
        assert_eq!(log.len(), WRITERS * APPENDS);
        let wrong = check(&histories, &log, &streams);
        assert!(wrong.is_empty(), "{wrong:?}");
        let lost: u64 = instances
            .iter()
            .map(|instance| instance.database.counters().lost_connections)
            .sum();
        assert!(
            crashes == CRASHES && lost > 0,
            "{crashes} crashes, {lost} lost connections"
        );
        println!(
            "PostgreSQL killed {crashes} times: {} appends, {lost} attempts lost, all as told",
            log.len()
        );
    });
}

/// Kills it and begins it again.
fn crash(server: &Server) {
    server.kill();
    thread::sleep(Duration::from_millis(100));
    server.begin_again();
    let begun = Instant::now();
    while runtime().block_on(server.is_away()) {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "PostgreSQL does not come back"
        );
        thread::sleep(Duration::from_millis(50));
    }
}
