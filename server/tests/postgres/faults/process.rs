//! The process of an instance is killed while it appends; what it had told is there, and another instance goes on.

use std::{
    env,
    io::{BufRead as _, BufReader, Write as _},
    process::{Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use foldlog::{
    core::{Epoch, EventId, Head, Link},
    environment::system,
    storage::AppendError,
    testing::{each, event},
};
use foldlog_server::{FanoutOptions, LogName, PostgresOptions};
use tokio::runtime::Builder;

use super::{
    checker::{Answer, Attempt, check},
    client::{Client, whole},
};
use crate::{
    fanout::Instance,
    support::{log_name, options, runtime, server},
};

const WRITERS: usize = 8;
const LIVES: usize = 3;

/// Not a test: the process that is killed. It writes each attempt and each receipt in a line, the attempt before it is made.
#[test]
#[ignore = "is begun by the test below"]
fn an_instance_that_appends_until_it_is_killed() {
    let (Some(dsn), Some(log)) = (env::var_os("FOLDLOG_TEST_DSN"), env::var_os("FOLDLOG_TEST_LOG")) else {
        return;
    };
    let options = PostgresOptions::new(dsn.into_string().unwrap());
    let name = LogName::parse(log.to_str().unwrap()).unwrap();
    Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(async {
            let database = foldlog_server::PostgresDatabase::connect(options, system())
                .await
                .unwrap();
            let storage = database
                .open_log(name, foldlog_server::OpenLog { create: false })
                .await
                .unwrap();
            let store = foldlog::engine::EventStore::new(storage, system(), foldlog::core::Limits::default());
            let say = |line: String| {
                let mut out = std::io::stdout().lock();
                writeln!(out, "{line}").unwrap();
                out.flush().unwrap();
            };
            let writers = (0..WRITERS).map(|writer| {
                let store = store.clone();
                tokio::spawn(async move {
                    let aggregate = format!("child{}-{writer}", std::process::id());
                    for version in 0_u64.. {
                        let id = system().mint_event_id();
                        say(format!("try {writer} {id} {aggregate} {version}"));
                        let events = vec![event(&aggregate, "1").with_id(id)];
                        let expected = each(&[(&aggregate, foldlog::core::append::Expectation::Exact(version))]);
                        match store.append(events, expected).await {
                            Ok(receipt) => say(format!("ok {writer} {id} {}", receipt.first_sequence_number)),
                            Err(AppendError::Storage(_)) => return,
                            Err(error) => panic!("{error:?}"),
                        }
                    }
                })
            });
            for writer in writers.collect::<Vec<_>>() {
                writer.await.unwrap();
            }
        });
}

/// Lets a process append for a while, kills it, and gives what it said.
fn live_and_die(name: &LogName) -> Vec<Vec<Attempt>> {
    let mut child = Command::new(env::current_exe().unwrap())
        .args([
            "--exact",
            "faults::process::an_instance_that_appends_until_it_is_killed",
            "--ignored",
            "--nocapture",
        ])
        .env("FOLDLOG_TEST_DSN", server().service())
        .env("FOLDLOG_TEST_LOG", name.as_str())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut histories = vec![Vec::new(); WRITERS];
    let mut stored = 0;
    for line in lines {
        let line = line.unwrap();
        let words: Vec<_> = line.split(' ').collect();
        match words[..] {
            ["try", writer, id, aggregate, version] => histories[writer.parse::<usize>().unwrap()].push(Attempt {
                id: EventId::parse(id).unwrap(),
                aggregate: aggregate.to_owned(),
                expected: version.parse().unwrap(),
                called: 0,
                answered: u128::MAX,
                answer: Answer::Unknown,
            }),
            ["ok", writer, id, number] => {
                let attempt: &mut Attempt = histories[writer.parse::<usize>().unwrap()].last_mut().unwrap();
                assert_eq!(attempt.id, EventId::parse(id).unwrap());
                let sequence_number = number.parse().unwrap();
                attempt.answer = Answer::Stored {
                    sequence_number,
                    version: attempt.expected + 1,
                    head: Head {
                        epoch: Epoch::from_random([0; 16]),
                        sequence_number,
                        link: Link::NONE,
                    },
                };
                stored += 1;
                if stored == 100 {
                    child.kill().unwrap();
                }
            }
            // What the test harness prints.
            _ => {}
        }
    }
    child.wait().unwrap();
    assert!(stored >= 100, "{stored}");
    histories
}

#[test]
fn what_a_killed_instance_had_told_is_there() {
    let name = log_name();
    let other = runtime().block_on(Instance::new(&name, options(), FanoutOptions::default()));
    let other = Arc::new(other);
    let mut histories = Vec::new();
    let mut waited = Duration::ZERO;
    for life in 0..LIVES {
        histories.extend(live_and_die(&name));
        let mut client = Client::new(&other, Instant::now());
        runtime().block_on(async {
            let begun = Instant::now();
            client.append("survivor", &life.to_string()).await;
            waited = waited.max(begun.elapsed());
            for _ in 0..10 {
                client.append("survivor", "null").await;
            }
        });
        // Its clock is not that of the processes, whose order in time is not known.
        for attempt in &mut client.history {
            (attempt.called, attempt.answered) = (0, u128::MAX);
        }
        histories.push(client.history);
    }
    runtime().block_on(async {
        let log = whole(&other).await;
        let wrong = check(&histories, &log, &[]);
        assert!(wrong.is_empty(), "{wrong:?}");
        println!(
            "an instance killed {LIVES} times: {} events, the other one's next append took at most {waited:.1?}",
            log.len()
        );
    });
}
