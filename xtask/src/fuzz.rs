//! The step `fuzz`: each program of `fuzz/` looks for inputs that break what `tests/fuzz_properties` says.

use std::fs;

use anyhow::{Context, Result};

use crate::setup;
use crate::shell;

const TARGETS: &[&str] = &["records", "inputs", "exports", "values", "wire"];

/// Where the inputs are that the tests run on every toolchain: a crasher that is found lands there, to be committed with its fix.
const KEPT: &str = "tests/fuzz_properties";
/// What a run finds worth trying again stays here for the next one; git-ignored.
const CORPUS: &str = "fuzz/corpus";

/// All targets together stay below three minutes, building included.
const SECONDS: u32 = 20;
const SECONDS_FULL: u32 = 600;
/// No input of a few KiB justifies more.
const MOST_MIB_AT_ONCE: u32 = 64;

pub(crate) fn run(full: bool) -> Result<()> {
    if let Some(missing) = setup::missing_for_fuzzing() {
        println!("nothing was fuzzed: {missing}");
        println!("the same properties run in the step `unit`, near the inputs in {KEPT}");
        return Ok(());
    }
    shell::run(shell::cargo().args(["+nightly", "fuzz", "build"]))?;
    let seconds = if full { SECONDS_FULL } else { SECONDS };
    for (done, target) in TARGETS.iter().enumerate() {
        println!("fuzz {}/{}: {target}, {seconds} s", done + 1, TARGETS.len());
        fuzz(target, seconds)?;
    }
    Ok(())
}

fn fuzz(target: &str, seconds: u32) -> Result<()> {
    let folder = |parent: &str| -> Result<String> {
        let folder = format!("{parent}/{target}");
        fs::create_dir_all(shell::root().join(&folder)).with_context(|| format!("cannot make {folder}"))?;
        Ok(folder)
    };
    let (corpus, crashers) = (folder(CORPUS)?, folder(&format!("{KEPT}/crashers"))?);
    let mut cargo = shell::cargo();
    cargo.args(["+nightly", "fuzz", "run", target, &corpus]);
    cargo.args([&format!("{KEPT}/seeds/{target}"), &crashers, "--"]);
    cargo.args([
        format!("-max_total_time={seconds}"),
        format!("-malloc_limit_mb={MOST_MIB_AT_ONCE}"),
        format!("-artifact_prefix={KEPT}/crashers/{target}/"),
        "-timeout=10".to_owned(),
        // How many inputs were run, and not a line for each that was new.
        "-print_final_stats=1".to_owned(),
        "-verbosity=0".to_owned(),
        "-print_funcs=0".to_owned(),
    ]);
    shell::run(&mut cargo).with_context(|| {
        format!("the input stands in {crashers}; `cargo test --features testing --test fuzz_properties` runs it again")
    })
}
