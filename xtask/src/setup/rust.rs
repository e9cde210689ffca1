//! The parts of the Rust toolchain.

use std::path::Path;

use anyhow::{Context, Result};

use crate::shell;

pub(super) const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// A file that the component rust-src brings.
const STANDARD_LIBRARY: &str = "lib/rustlib/src/rust/library/std/Cargo.toml";

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

pub(super) fn source() -> Result<()> {
    let root = shell::text(shell::command("rustc").args(["--print", "sysroot"]))?;
    if Path::new(root.trim()).join(STANDARD_LIBRARY).is_file() {
        super::found("rust-src");
        return Ok(());
    }
    super::installing("rust-src", "the wasm's standard library is built from it");
    shell::run(shell::command("rustup").args(["component", "add", "rust-src"]))
        .context("install the source of the standard library in this toolchain's own way")
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
