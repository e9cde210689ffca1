//! Node and the development tools of the root package.json.

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
    // Fails when a version differs from package.json.
    if shell::succeeds(shell::command("npm").args(["ls", "--depth=0"])) {
        super::found(&format!("node {} with the tools of package.json", version.trim()));
        return Ok(());
    }
    super::installing("the tools of package.json", "node_modules lacks them or differs");
    shell::run(shell::command("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))
        .context("if package.json was changed, run `npm install --ignore-scripts` once")
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
