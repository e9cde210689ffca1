//! The tests that Node runs, `tests/node/*.test.mjs`, against the package in `pkg/`.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::shell;

const FOLDER: &str = "tests/node";

pub(crate) fn run() -> Result<()> {
    let entries = fs::read_dir(shell::root().join(FOLDER)).with_context(|| format!("cannot read {FOLDER}"))?;
    let mut tests = Vec::new();
    for entry in entries {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".test.mjs") {
            tests.push(format!("{FOLDER}/{name}"));
        }
    }
    // Node would then look for tests everywhere.
    if tests.is_empty() {
        bail!("{FOLDER} has no *.test.mjs");
    }
    tests.sort();
    shell::run(shell::command("node").arg("--test").args(tests))
}
