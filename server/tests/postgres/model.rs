//! The model test; `FOLDLOG_SEED`, `FOLDLOG_STEPS` and `FOLDLOG_FULL` choose others.

use std::{
    env,
    time::{SystemTime, UNIX_EPOCH},
};

use foldlog::testing::{Fixture, model};

use crate::support::PostgresFixture;

fn number(name: &str) -> Option<u64> {
    env::var(name).ok()?.parse().ok()
}

fn run<F: Fixture>() {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |time| time.as_secs());
    let steps = if env::var_os("FOLDLOG_FULL").is_some() {
        5_000
    } else {
        500
    };
    for seed in number("FOLDLOG_SEED").map_or(vec![1, now], |seed| vec![seed]) {
        println!("FOLDLOG_SEED={seed}");
        pollster::block_on(model::run::<F>(seed, number("FOLDLOG_STEPS").unwrap_or(steps)));
    }
}

#[test]
fn postgres_does_what_the_model_does() {
    run::<PostgresFixture<false>>();
}

#[test]
fn serializable_postgres_does_what_the_model_does() {
    run::<PostgresFixture<true>>();
}
