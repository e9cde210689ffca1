//! Node, the development tools of the root package.json, and those that only the packaging tests use.

use anyhow::{Context, Result, bail};

use crate::shell;

/// What Vite asks for; the package itself runs on Node 20.
const MINIMUM: (u32, u32) = (20, 19);

pub(super) fn tools() -> Result<()> {
    let version = shell::text(shell::command("node").arg("--version"))?;
    if parse(&version).is_none_or(|found| found < MINIMUM) {
        bail!(
            "node {} is too old; install {}.{} or newer",
            version.trim(),
            MINIMUM.0,
            MINIMUM.1
        );
    }
    super::found(&format!("node {}", version.trim()));
    install(".", "package.json")
}

pub(super) fn packaging_tools() -> Result<()> {
    install("tests/packaging/tools", "tests/packaging/tools/package.json")
}

/// Makes the `node_modules` of a folder hold what its `manifest` and the lock file beside it name.
fn install(folder: &str, manifest: &str) -> Result<()> {
    let npm = || {
        let mut npm = shell::command("npm");
        npm.args(["--prefix", folder]);
        npm
    };
    // Fails when a version differs from package.json.
    if shell::succeeds(npm().args(["ls", "--depth=0"])) {
        super::found(&format!("what {manifest} names"));
        return Ok(());
    }
    super::installing(
        &format!("what {manifest} names"),
        "node_modules beside it lacks something or differs",
    );
    shell::run(npm().args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))
        .with_context(|| format!("if {manifest} was changed, run `npm install --ignore-scripts` there once"))
}

fn parse(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.trim().strip_prefix('v')?.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn reads_the_version_of_node() {
        assert_eq!(parse("v20.19.2\n"), Some((20, 19)));
        assert_eq!(parse("20"), None);
    }
}
