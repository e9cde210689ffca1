//! Streams on one instance, appends on another.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use foldlog_server::{FanoutOptions, PostgresOptions};

use super::{Instance, follow};
use crate::support::{log_name, options, runtime, server};

#[test]
fn an_append_of_one_instance_reaches_a_stream_of_another() {
    let name = log_name();
    runtime().block_on(async {
        // Not by its poll.
        let options = || PostgresOptions {
            poll: Duration::from_secs(600),
            ..options()
        };
        let writer = Instance::new(&name, options(), FanoutOptions::default()).await;
        let reader = Instance::new(&name, options(), FanoutOptions::default()).await;
        let mut stream = reader.after(0).await;
        follow(&mut stream, 0).await;
        let mut times = Vec::new();
        for number in 1..=100 {
            // Not in step with the notifier, which waits between two.
            tokio::time::sleep(Duration::from_millis(number % 7 * 3)).await;
            writer.append("a", 1).await;
            let begun = Instant::now();
            assert_eq!(follow(&mut stream, number).await.0, [number]);
            times.push(begun.elapsed());
        }
        times.sort_unstable();
        println!(
            "from an append's receipt on one instance to the event on another: p50 {:.1?}, p99 {:.1?}, most {:.1?}",
            times[49], times[98], times[99]
        );
    });
}

#[test]
fn a_listener_that_is_lost_loses_nothing() {
    let name = log_name();
    runtime().block_on(async {
        let options = || PostgresOptions {
            dsn: format!("{} application_name={name}", server().service()),
            poll: Duration::from_millis(500),
            ..options()
        };
        let writer = Arc::new(Instance::new(&name, options(), FanoutOptions::default()).await);
        let reader = Instance::new(&name, options(), FanoutOptions::default()).await;
        let mut stream = reader.after(0).await;
        let writing = {
            let writer = Arc::clone(&writer);
            tokio::spawn(async move {
                for _ in 0..200 {
                    writer.append("a", 1).await;
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            })
        };
        let superuser = server().superuser().await;
        let mut ended = 0;
        while !writing.is_finished() {
            let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND query LIKE 'LISTEN%'";
            ended += superuser.execute(end, &[&name.as_str()]).await.unwrap();
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        writing.await.unwrap();
        assert!(ended >= 2, "{ended}");
        assert_eq!(follow(&mut stream, 200).await.0, (1..=200).collect::<Vec<_>>());
        assert!(reader.database.counters().lost_connections < 3, "streams and appends have other connections");
    });
}
