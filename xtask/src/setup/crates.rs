//! Tools that `cargo install` brings.

use std::fs;

use anyhow::{Context, Result};

use crate::shell;

const TYPOS: &str = "1.52.0";
const GECKODRIVER: &str = "0.37.1";
const CARGO_FUZZ: &str = "0.13.2";

/// The command line and the crate must agree to the last digit.
pub(super) fn wasm_bindgen() -> Result<()> {
    let wanted = locked_version("wasm-bindgen")?;
    for program in ["wasm-bindgen", "wasm-bindgen-test-runner"] {
        let installed = super::version_of(program);
        if installed.as_ref() != Some(&wanted) {
            let installed = installed.unwrap_or_else(|| "nothing".to_owned());
            let why = format!("Cargo.lock has {wanted}, installed is {installed}");
            return install("wasm-bindgen-cli", &wanted, &why);
        }
    }
    super::found(&format!("wasm-bindgen {wanted}"));
    Ok(())
}

pub(super) fn typos() -> Result<()> {
    any_version("typos", "typos-cli", TYPOS)
}

pub(super) fn geckodriver() -> Result<()> {
    any_version("geckodriver", "geckodriver", GECKODRIVER)
}

/// A subcommand of cargo, so cargo is asked whether it is there.
pub(super) fn cargo_fuzz() -> Result<()> {
    install("cargo-fuzz", CARGO_FUZZ, "cargo does not have it")
}

fn any_version(program: &str, package: &str, version: &str) -> Result<()> {
    if let Some(installed) = super::version_of(program) {
        super::found(&format!("{program} {installed}"));
        return Ok(());
    }
    install(package, version, "not found on the PATH")
}

fn install(package: &str, version: &str, why: &str) -> Result<()> {
    super::installing(&format!("{package} {version}"), why);
    shell::run(shell::cargo().args(["install", "--quiet", package, "--version", version]))
        .with_context(|| format!("run `cargo install {package} --version {version}` by hand"))
}

fn locked_version(package: &str) -> Result<String> {
    let path = shell::root().join("Cargo.lock");
    if !path.exists() {
        shell::run(shell::cargo().arg("generate-lockfile"))?;
    }
    let lock = fs::read_to_string(path).context("cannot read Cargo.lock")?;
    find_version(&lock, package).with_context(|| format!("Cargo.lock has no package {package}; run `cargo update`"))
}

fn find_version(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    let version = lines.nth(1)?.strip_prefix("version = \"")?;
    Some(version.strip_suffix('"')?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::find_version;

    #[test]
    fn finds_the_locked_version_of_exactly_that_package() {
        let lock = "[[package]]\nname = \"a-b\"\nversion = \"2.0.0\"\n\n\
                    [[package]]\nname = \"a\"\nversion = \"1.2.3\"\n";
        assert_eq!(find_version(lock, "a").as_deref(), Some("1.2.3"));
        assert_eq!(find_version(lock, "b"), None);
    }
}
