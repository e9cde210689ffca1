//! What the commands need from the machine. Each need is looked for first; what is missing is
//! installed with the ordinary tool and printed, or, where that is not allowed, named.

mod apt;
mod crates;
mod fuzzing;
mod npm;
mod rust;

use anyhow::{Context, Result};

pub(crate) use fuzzing::missing as missing_for_fuzzing;

use crate::shell;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// rustfmt and clippy.
    Components,
    /// The standard library of wasm32-unknown-unknown.
    WasmTarget,
    /// The source of the standard library, which the published wasm is built from.
    RustSource,
    /// wasm-bindgen and its test runner, of exactly the version in Cargo.lock.
    WasmBindgen,
    /// The spelling checker.
    Typos,
    /// Node and the development tools of package.json.
    NodeTools,
    /// The bundlers, frameworks and runtimes of tests/packaging.
    PackagingTools,
    Chromium,
    Firefox,
    WebKit,
    /// Python with pip.
    Pip,
    /// A nightly compiler and cargo-fuzz, if they can be had.
    Fuzzing,
    /// PostgreSQL's programs; the tests start it themselves.
    Postgres,
}

impl Need {
    pub(crate) const ALL: &[Self] = &[
        Self::Components,
        Self::WasmTarget,
        Self::RustSource,
        Self::WasmBindgen,
        Self::Typos,
        Self::NodeTools,
        Self::PackagingTools,
        Self::Chromium,
        Self::Firefox,
        Self::WebKit,
        Self::Pip,
        Self::Fuzzing,
        Self::Postgres,
    ];
}

/// Sees to it that all of these are there.
pub(crate) fn ensure(needs: &[Need]) -> Result<()> {
    apt::ensure(needs)?;
    Need::ALL
        .iter()
        .filter(|need| needs.contains(need))
        .try_for_each(|need| ensure_one(*need).with_context(|| format!("set-up of {need:?}")))
}

fn ensure_one(need: Need) -> Result<()> {
    match need {
        Need::Components => rust::components(),
        Need::WasmTarget => rust::wasm_target(),
        Need::RustSource => rust::source(),
        Need::WasmBindgen => crates::wasm_bindgen(),
        Need::Typos => crates::typos(),
        Need::NodeTools => npm::tools(),
        Need::PackagingTools => npm::packaging_tools(),
        Need::Firefox => crates::geckodriver(),
        Need::Fuzzing => {
            fuzzing::tools();
            Ok(())
        }
        // Debian's packages are enough.
        Need::Chromium | Need::WebKit | Need::Pip | Need::Postgres => Ok(()),
    }
}

/// Says that something is there already.
fn found(what: &str) {
    println!("setup: {what} is there");
}

/// Says what is about to be installed, and why.
fn installing(what: &str, why: &str) {
    println!("setup: installing {what} ({why})");
}

/// The first word of `program --version` that begins with a digit.
fn version_of(program: &str) -> Option<String> {
    shell::find(program)?;
    let text = shell::text(shell::command(program).arg("--version")).ok()?;
    let word = text
        .split_whitespace()
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    word.map(str::to_owned)
}
