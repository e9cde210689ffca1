//! The step `openapi`: schemathesis against a live server, by the test that starts one.

use std::path::PathBuf;

use anyhow::Result;

use crate::{shell, steps};

const VERSION: &str = "4.32.5";
const PROGRAM: &str = "bin/schemathesis";

pub(crate) fn run(full: bool) -> Result<()> {
    let folder = ensure()?;
    let mut cargo = shell::command("timeout");
    let test = [
        "cargo",
        "test",
        "--package",
        "foldlog-server",
        "--test",
        "http",
        "schemathesis",
    ];
    cargo
        .arg(if full { "3600" } else { "900" })
        .args(test)
        .args(["--", "--ignored", "--nocapture"])
        .env("FOLDLOG_SCHEMATHESIS", folder.join(PROGRAM))
        .env("PYTHONPATH", folder);
    shell::run(steps::long(&mut cargo, full))
}

/// The folder that it is in, with all that it needs.
fn ensure() -> Result<PathBuf> {
    let folder = shell::root()
        .join("target/python")
        .join(format!("schemathesis-{VERSION}"));
    if folder.join(PROGRAM).exists() {
        println!("setup: schemathesis {VERSION} is there");
        return Ok(folder);
    }
    println!("setup: installing schemathesis {VERSION} into {}", folder.display());
    let package = format!("schemathesis=={VERSION}");
    let install = ["-m", "pip", "install", "--quiet", "--upgrade", "--target"];
    shell::run(shell::command("python3").args(install).arg(&folder).arg(&package))?;
    Ok(folder)
}
