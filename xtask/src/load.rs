//! `cargo xtask load`: how much the server takes, beside a hand-written script of pgbench with the same rows, indexes and batches.

use anyhow::{Context, Result};
use serde_json::Value;

use crate::args::Args;
use crate::private_postgres::Postgres;
use crate::server::{Build, Server};
use crate::setup::{self, Need};
use crate::shell;

const PREPARE: &str = "server/benches/pgbench/prepare.sql";
const SCRIPT: &str = "server/benches/pgbench/append.sql";
const MANY_LOGS: usize = 1_000;
/// As many as the pool has connections.
const MANY_CLIENTS: u64 = 32;

pub(crate) fn command(mut args: Args) -> Result<()> {
    let is_quick = args.flag("--quick");
    args.finish()?;
    setup::ensure(&[Need::Postgres])?;
    // As it would be run: commits are flushed.
    let postgres = Postgres::start(&["fsync=on", "shared_buffers=512MB", "max_wal_size=4GB"])?;
    let server = Server::start(Build::Server, postgres, "*")?;
    let seconds = if is_quick { 1 } else { 4 };
    let writers = if is_quick { "16,256" } else { "1,16,64,256" };
    run_script(&server.postgres, "prepare", &["-f", PREPARE])?;

    let logs: Vec<_> = [1, MANY_LOGS]
        .iter()
        .flat_map(|&logs| (0..logs).map(move |log| format!("load-{logs}-{log}")))
        .collect();
    let logs: Vec<_> = logs.iter().map(String::as_str).collect();
    let token = server.token(&logs)?;
    println!("\n| what | writers | logs | events an append | appends/s | events/s | p50 ms | p99 ms | group |");
    println!("|---|---|---|---|---|---|---|---|---|");
    for layer in ["seam", "http"] {
        let mut load = shell::cargo();
        load.args([
            "bench",
            "--quiet",
            "--profile",
            "server",
            "--package",
            "foldlog-server",
            "--bench",
            "load",
            "--",
            layer,
        ])
        .env("LOAD_DSN", server.postgres.service())
        .env("LOAD_URL", server.address())
        .env("LOAD_TOKEN", &token)
        .env("LOAD_WRITERS", writers)
        .env("LOAD_LOGS", format!("1,{MANY_LOGS}"))
        .env("LOAD_EVENTS", "1,100")
        .env("LOAD_MILLISECONDS", (seconds * 1_000).to_string());
        for line in shell::text(&mut load)?.lines().filter(|line| line.starts_with('{')) {
            let measured: Value = serde_json::from_str(line)?;
            print_row(&measured);
            if layer == "seam" && measured["writers"] == 256 {
                print_limit(&server.postgres, &measured, seconds)?;
            }
        }
    }
    Ok(())
}

fn print_row(measured: &Value) {
    let number = |name: &str| {
        measured[name]
            .as_f64()
            .map_or_else(|| "–".to_owned(), |value| format!("{value:.1}"))
    };
    let whole = |name: &str| {
        measured[name]
            .as_f64()
            .map_or_else(|| "–".to_owned(), |value| format!("{value:.0}"))
    };
    println!(
        "| {} | {} | {} | {} | {} | {} | {} | {} | {} |",
        measured["layer"].as_str().unwrap_or_default(),
        whole("writers"),
        whole("logs"),
        whole("events"),
        whole("appendsPerSecond"),
        whole("eventsPerSecond"),
        number("p50"),
        number("p99"),
        group_of(measured).map_or_else(|| "–".to_owned(), |group| group.to_string()),
    );
}

/// The limit of the same work, with the group size that was reached, and how near it was.
fn print_limit(postgres: &Postgres, measured: &Value, seconds: u64) -> Result<()> {
    let whole = |name: &str| {
        measured[name]
            .as_u64()
            .with_context(|| format!("no {name} in {measured}"))
    };
    let (logs, events, group) = (whole("logs")?, whole("events")?, group_of(measured).unwrap_or(1));
    // One writer of a hot log may be faster than several that wait for its lock.
    let candidates: &[u64] = if logs == 1 { &[1, 4] } else { &[MANY_CLIENTS] };
    let mut best = 0.0_f64;
    for clients in candidates {
        let mut pgbench = postgres.program("pgbench");
        let definitions = [
            format!("logs={logs}"),
            format!("group={group}"),
            format!("size={events}"),
        ];
        pgbench
            .args(["--no-vacuum", "--protocol=prepared", "--jobs=2", "--file", SCRIPT])
            .args(definitions.iter().flat_map(|definition| ["--define", definition]))
            .args([format!("--client={clients}"), format!("--time={seconds}")])
            .arg("foldlog");
        let printed = shell::text(&mut pgbench)?;
        let rate = printed
            .lines()
            .find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse::<f64>().ok());
        best = best.max(rate.with_context(|| format!("pgbench printed no tps: {printed}"))?);
    }
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    let rate = best * (group * events) as f64;
    let reached = measured["eventsPerSecond"].as_f64().unwrap_or_default();
    println!(
        "| pgbench by hand | {} | {logs} | {events} | – | {rate:.0} | – | – | {group}; the seam has {:.2} of it |",
        if logs == 1 { "1 or 4" } else { "32" },
        reached / rate,
    );
    Ok(())
}

/// How many appends a transaction had.
fn group_of(measured: &Value) -> Option<u64> {
    let appends = measured["appends"].as_u64()?;
    let transactions = measured["transactions"].as_u64()?;
    Some((appends / transactions.max(1)).max(1))
}

fn run_script(postgres: &Postgres, what: &str, arguments: &[&str]) -> Result<()> {
    let mut psql = postgres.program("psql");
    psql.args(["-q", "-v", "ON_ERROR_STOP=1", "-d", "foldlog"])
        .args(arguments);
    shell::output(&mut psql)
        .map(drop)
        .with_context(|| format!("cannot {what} the limit"))
}
