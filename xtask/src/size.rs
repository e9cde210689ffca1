//! The size of the package, held against `size-budget.json`.

use std::fs;

use anyhow::{Context, Result, bail};
use serde_json::json;

use crate::{package, shell};

const WASM: &str = "pkg/wasm/foldlog_wasm_bg.wasm";
const GLUE: &str = "pkg/wasm/foldlog_wasm.js";
const FACADE: &str = "pkg/dist/index.js";
const BUDGET: &str = "size-budget.json";

/// How many percent the package may grow over the recorded figure unnoticed.
const TOLERANCE_PERCENT: u64 = 2;

/// Prints the sizes, and fails when the package is over its budget; `record` stores the total.
pub(crate) fn report(record: bool) -> Result<()> {
    let raw = fs::metadata(shell::root().join(WASM))
        .with_context(|| format!("cannot find {WASM}"))?
        .len();
    let wasm = gzip(WASM)?;
    let glue = gzip(&minified(GLUE, "glue.js", &["--bundle", "--external:*.wasm"])?)?;
    // What a bundler would make of the facade alone.
    let outside = [
        "--bundle",
        "--platform=neutral",
        "--external:*/foldlog_wasm.js",
        "--external:*.wasm",
        "--external:node:*",
    ];
    let facade = gzip(&minified(FACADE, "facade.js", &outside)?)?;
    let total = wasm + glue + facade;
    println!("size of the package, in bytes:");
    println!("  wasm, raw              {raw:>8}");
    println!("  wasm, gzip             {wasm:>8}");
    println!("  glue, minified, gzip   {glue:>8}");
    println!("  facade, minified, gzip {facade:>8}");
    println!("  total, gzip            {total:>8}");

    let path = shell::root().join(BUDGET);
    let budget = package::read_json(&path)?;
    let number = |name: &str| {
        budget[name]
            .as_u64()
            .with_context(|| format!("{BUDGET}: {name} is not a whole number"))
    };
    let (aim, limit) = (number("aim")?, number("limit")?);
    println!("  aim                    {aim:>8}");
    judge(total, limit, if record { None } else { budget["recorded"].as_u64() })?;
    if record {
        let text = format!("{:#}\n", json!({ "aim": aim, "limit": limit, "recorded": total }));
        fs::write(&path, text).with_context(|| format!("cannot write {BUDGET}"))?;
        println!("  recorded in {BUDGET}");
    }
    Ok(())
}

fn judge(total: u64, limit: u64, recorded: Option<u64>) -> Result<()> {
    if total > limit {
        bail!("the package has {total} bytes gzip, the limit of {BUDGET} is {limit}");
    }
    println!("  limit                  {limit:>8}");
    let Some(recorded) = recorded else {
        return Ok(());
    };
    println!("  recorded               {recorded:>8}");
    if total * 100 > recorded * (100 + TOLERANCE_PERCENT) {
        bail!(
            "the package grew from {recorded} to {total} bytes gzip, more than \
             {TOLERANCE_PERCENT} %; make it smaller, or accept the size with \
             `cargo xtask build --record`"
        );
    }
    Ok(())
}

/// Minifies a module into `target/size` and returns its path.
fn minified(module: &str, name: &str, options: &[&str]) -> Result<String> {
    let file = format!("target/size/{name}");
    let mut esbuild = shell::npm_tool("esbuild");
    esbuild.args([module, "--minify", "--format=esm", "--log-level=warning"]);
    esbuild.args(options).arg(format!("--outfile={file}"));
    shell::output(&mut esbuild)?;
    Ok(file)
}

fn gzip(file: &str) -> Result<u64> {
    let bytes = shell::output(shell::command("gzip").args(["-9", "-n", "-c", file]))?;
    Ok(bytes.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::judge;

    #[test]
    fn the_limit_holds_whatever_is_recorded() {
        judge(1000, 1000, None).unwrap();
        judge(1001, 1000, None).unwrap_err();
        judge(1001, 1000, Some(1001)).unwrap_err();
    }

    #[test]
    fn two_percent_over_the_recorded_figure_pass() {
        judge(510, 1000, Some(500)).unwrap();
        judge(511, 1000, Some(500)).unwrap_err();
        judge(100, 1000, Some(500)).unwrap();
    }
}
