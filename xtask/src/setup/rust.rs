//! The parts of the Rust toolchain.

use std::path::Path;

use anyhow::{Context, Result};

use crate::shell;

pub(super) const WASM_TARGET: &str = "wasm32-unknown-unknown";

pub(super) fn wasm_target() -> Result<()> {
    let query = ["--print", "target-libdir", "--target", WASM_TARGET];
    let folder = shell::text(shell::command("rustc").args(query))?;
    if Path::new(folder.trim()).is_dir() {
        super::found(WASM_TARGET);
        return Ok(());
    }
    super::installing(WASM_TARGET, "rustc has no standard library for it");
    shell::run(shell::command("rustup").args(["target", "add", WASM_TARGET]))
        .with_context(|| format!("install the standard library of {WASM_TARGET} in this toolchain's own way"))
}

pub(super) fn components() -> Result<()> {
    for (component, subcommand) in [("rustfmt", "fmt"), ("clippy", "clippy")] {
        if shell::succeeds(shell::cargo().args([subcommand, "--version"])) {
            super::found(component);
            continue;
        }
        super::installing(component, "cargo does not have it");
        shell::run(shell::command("rustup").args(["component", "add", component]))
            .with_context(|| format!("install {component} in this toolchain's own way"))?;
    }
    Ok(())
}
