//! The checks that are our own: layers, purity of the core, length of the files.

pub(crate) mod layers;
pub(crate) mod lengths;
pub(crate) mod tree;

use anyhow::{Result, bail};

/// Prints what was found and fails when it is anything.
fn report(what: &str, looked_at: usize, violations: &[String]) -> Result<()> {
    for violation in violations {
        println!("{violation}");
    }
    if !violations.is_empty() {
        bail!("{what}: found {}, see above", violations.len());
    }
    println!("{what}: {looked_at} files, no violation");
    Ok(())
}
