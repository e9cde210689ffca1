//! The disk is full: appends fail with `quota_exceeded` and nothing of them is stored, reads go on, and so do appends once there is room.

use std::{fs, path::PathBuf, process::Command, time::Duration};

use foldlog::{
    core::append::{Expectation, GivenExpectations},
    storage::{AppendError, Outcome, StorageErrorKind},
    testing::{each, event},
};
use foldlog_server::{FanoutOptions, PostgresOptions};

use super::client::whole;
use crate::{
    fanout::Instance,
    support::{Setup, begin, log_name, options, runtime},
};

#[test]
fn a_full_disk_fails_appends_and_loses_nothing() {
    let mounts = Command::new("unshare")
        .args(["--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"])
        .output();
    if !mounts.is_ok_and(|tried| tried.status.success()) {
        println!("SKIPPED: a full disk is not tried, since no file system can be mounted here");
        return;
    }
    let server = begin(&Setup {
        label: "-disk",
        disk: Some("80m"),
        settings: vec!["autovacuum=off".to_owned()],
        ..Setup::default()
    });
    let name = log_name();
    runtime().block_on(async {
        let options = PostgresOptions {
            dsn: server.service(),
            ..options()
        };
        let instance = Instance::new(&name, options, FanoutOptions::default()).await;
        instance.append("a", 1).await;
        let ballast = ballast(server.keeper());
        fs::write(&ballast, vec![1; 16 << 20]).unwrap();
        // What cannot be compressed, in events that are small enough to stand in their rows.
        let data = |n: u64| {
            let mut state = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
            let words = (0..400).map(|_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                format!("{:04x}", state & 0xffff)
            });
            let text = words.collect::<Vec<_>>().concat();
            format!("\"{text}\"")
        };
        let mut stored = 1;
        let error = loop {
            let events = (0..200).map(|n| event("a", &data(stored * 1_000 + n))).collect();
            match instance.store.append(events, GivenExpectations::exactly(stored)).await {
                Ok(_) => stored += 200,
                Err(AppendError::Storage(error)) => break error,
                Err(error) => panic!("{error:?}"),
            }
            assert!(stored < 100_000, "the disk does not get full");
        };
        assert_eq!(
            (error.kind, error.outcome),
            (StorageErrorKind::QuotaExceeded, Some(Outcome::NotCommitted))
        );
        assert_eq!(whole(&instance).await.len() as u64, stored);
        fs::remove_file(ballast).unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
        let events = vec![event("a", &data(1)), event("b", "1")];
        let expected = each(&[("a", Expectation::Exact(stored)), ("b", Expectation::Exact(0))]);
        instance.store.append(events, expected).await.unwrap();
        assert_eq!(whole(&instance).await.len() as u64, stored + 2);
        println!("the disk was full after {stored} events");
    });
}

/// A file on the server's disk, which only its own processes have mounted.
fn ballast(keeper: u32) -> PathBuf {
    let children = Command::new("pgrep")
        .arg("-P")
        .arg(keeper.to_string())
        .output()
        .unwrap();
    let child = String::from_utf8(children.stdout).unwrap();
    let child = child.lines().next().expect("the keeper has a child").to_owned();
    let root = PathBuf::from(format!("/proc/{child}/root"));
    let cwd = fs::read_link(format!("/proc/{child}/cwd")).unwrap();
    root.join(cwd.strip_prefix("/").unwrap()).join("data").join("ballast")
}
