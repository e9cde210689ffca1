//! A thousand streams on one instance. `cargo test --package foldlog-server fanout::many -- --nocapture --test-threads=1` prints the
//! memory that one takes, which other tests at the same time would blur.

use std::{fs, time::Instant};

use foldlog_server::FanoutOptions;

use super::{Instance, follow};
use crate::support::{log_name, options, runtime};

const STREAMS: u64 = 1_000;
const BEFORE: u64 = 300;
const AFTER: u64 = 700;

/// The memory of this process in KiB.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}

#[test]
fn a_thousand_streams_get_each_event_once_and_in_order() {
    let name = log_name();
    runtime().block_on(async {
        let instance = Instance::new(&name, options(), FanoutOptions::default()).await;
        instance.append("a", usize::try_from(BEFORE).unwrap()).await;
        let before = resident();
        let mut idle = Vec::new();
        for _ in 0..STREAMS {
            let mut stream = instance.after(BEFORE).await;
            follow(&mut stream, BEFORE).await;
            idle.push(stream);
        }
        let idle_memory = resident().saturating_sub(before);
        drop(idle);
        let begun = Instant::now();
        let mut streams = Vec::new();
        for stream in 0..STREAMS {
            // Some catch up, some begin in the middle, some at the end.
            let after = [0, BEFORE / 2, BEFORE][usize::try_from(stream % 3).unwrap()];
            streams.push((after, instance.after(after).await));
        }
        let opened = begun.elapsed();
        let full_memory = resident().saturating_sub(before);
        let begun = Instant::now();
        let followers: Vec<_> = streams
            .into_iter()
            .map(|(after, mut stream)| {
                tokio::spawn(async move {
                    let (numbers, _) = follow(&mut stream, BEFORE + AFTER).await;
                    let due: Vec<_> = (after + 1..=BEFORE + AFTER).collect();
                    assert_eq!(numbers, due);
                    stream
                })
            })
            .collect();
        for _ in 0..AFTER / 7 {
            instance.append("a", 7).await;
        }
        let mut streams = Vec::new();
        for follower in followers {
            streams.push(follower.await.unwrap());
        }
        println!(
            "{STREAMS} streams: opened in {opened:.1?}, {AFTER} events given to each in {:.1?}; {:.1} KiB a stream when idle, {:.1} when \
             a third has a page of {BEFORE} events waiting and a third one of half as many",
            begun.elapsed(),
            kib(idle_memory),
            kib(full_memory)
        );
        assert_eq!(instance.fanout.stats().streams, streams.len());
        assert_eq!(instance.fanout.stats().ring_events, usize::try_from(AFTER).unwrap());
        drop(streams);
    });
}

fn kib(all: u64) -> f64 {
    f64::from(u32::try_from(all).unwrap_or(u32::MAX)) / f64::from(u32::try_from(STREAMS).unwrap())
}
