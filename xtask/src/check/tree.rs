//! Without its features the crate must not drag in a browser or a runtime.

use anyhow::{Result, bail};

use crate::shell;

const UNWANTED: &[&str] = &["js-sys", "tokio", "wasm-bindgen", "web-sys"];

pub(crate) fn check() -> Result<()> {
    let tree = shell::text(shell::cargo().args([
        "tree",
        "--package",
        "foldlog",
        "--no-default-features",
        "--edges",
        "normal",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ]))?;
    let unwanted: Vec<_> = unwanted(&tree);
    if !unwanted.is_empty() {
        bail!(
            "the native crate without default features depends on {}; see `cargo tree \
             --no-default-features --edges normal`",
            unwanted.join(", ")
        );
    }
    println!(
        "dependencies: {} packages, none of {}",
        tree.lines().count(),
        UNWANTED.join(", ")
    );
    Ok(())
}

fn unwanted(tree: &str) -> Vec<&str> {
    let packages = tree.lines().filter_map(|line| line.split_whitespace().next());
    packages.filter(|package| UNWANTED.contains(package)).collect()
}

#[cfg(test)]
mod tests {
    use super::unwanted;

    #[test]
    fn names_whole_packages_only() {
        assert_eq!(unwanted("foldlog v0.1.0 (/x)\ntokio-util v1\n"), Vec::<&str>::new());
        assert_eq!(unwanted("foldlog v0.1.0\nweb-sys v0.3.1\n"), ["web-sys"]);
    }
}
