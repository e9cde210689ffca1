//! What fuzzing needs: a nightly compiler, which alone can instrument, and cargo-fuzz. Not every machine can have them, and the tests
//! on the stable toolchain run without: so what is missing is told, not an error.

use super::crates;
use crate::shell;

const NIGHTLY: &str = "nightly";

/// Installs what is missing, if it can be had.
pub(super) fn tools() {
    if has_nightly() {
        super::found("the nightly toolchain");
    } else {
        super::installing(
            "the nightly toolchain",
            "only a nightly compiler can instrument for fuzzing",
        );
        let install = ["toolchain", "install", NIGHTLY, "--profile", "minimal"];
        told(shell::run(shell::command("rustup").args(install)));
    }
    if has_cargo_fuzz() {
        super::found("cargo-fuzz");
    } else {
        told(crates::cargo_fuzz());
    }
}

/// What fuzzing still lacks; none if it can begin.
pub(crate) fn missing() -> Option<&'static str> {
    if !has_nightly() {
        Some("there is no nightly toolchain, and rustup could not install it")
    } else if !has_cargo_fuzz() {
        Some("there is no cargo-fuzz, and cargo could not install it")
    } else {
        None
    }
}

fn told(outcome: anyhow::Result<()>) {
    if let Err(error) = outcome {
        println!("setup: {error:#}");
    }
}

fn has_nightly() -> bool {
    shell::succeeds(shell::cargo().args(["+nightly", "--version"]))
}

fn has_cargo_fuzz() -> bool {
    shell::succeeds(shell::cargo().args(["fuzz", "--version"]))
}
