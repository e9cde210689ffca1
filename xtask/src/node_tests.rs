//! The tests that Node runs, `*.test.mjs` in `tests/node` and its folders, against the package in `pkg/`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::shell;

const FOLDER: &str = "tests/node";

pub(crate) fn run() -> Result<()> {
    let mut tests = Vec::new();
    collect(&shell::root().join(FOLDER), &mut tests)?;
    // Node would then look for tests everywhere.
    if tests.is_empty() {
        bail!("{FOLDER} has no *.test.mjs");
    }
    tests.sort();
    shell::run(shell::command("node").arg("--test").args(tests))
}

fn collect(folder: &Path, tests: &mut Vec<PathBuf>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, tests)?;
        } else if path.to_string_lossy().ends_with(".test.mjs") {
            tests.push(path);
        }
    }
    Ok(())
}
