//! `cargo xtask demo`: lays out the demo as static files and serves them.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::args::Args;
use crate::package::{self, Profile};
use crate::setup::{self, Need};
use crate::shell;

/// The whole site, ready for any static host.
const SITE: &str = "www/dist";
const SERVER: &str = "www/serve.mjs";
const SMOKE: &str = "tests/browser/demo-smoke.mjs";
const DEFAULT_PORT: &str = "8000";

pub(crate) fn command(mut args: Args) -> Result<()> {
    let smoke_only = args.flag("--smoke");
    let port = args.values("--port")?.pop().unwrap_or_else(|| DEFAULT_PORT.to_owned());
    args.finish()?;
    if port.parse::<u16>().is_err() {
        bail!("--port {port:?} is not a port; give a number from 0 to 65535");
    }
    setup::ensure(package::NEEDS)?;
    if smoke_only {
        setup::ensure(&[Need::Chromium])?;
    }
    package::build(Profile::Release)?;
    if smoke_only {
        return smoke();
    }
    lay_out()?;
    shell::run(&mut server(&port))
}

/// Drives the demo of the package in `pkg/` from start to end in a headless browser.
pub(crate) fn smoke() -> Result<()> {
    lay_out()?;
    let mut server = Running(
        server("0")
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start node {SERVER}"))?,
    );
    let address = server.address()?;
    shell::run(shell::command("node").args([SMOKE, &address]))
}

fn server(port: &str) -> Command {
    let mut node = shell::command("node");
    node.args([SERVER, SITE, port]);
    node
}

/// A server that ends with this value.
struct Running(Child);

impl Running {
    /// The address, which is the last word of the first line it prints.
    fn address(&mut self) -> Result<String> {
        let output = self.0.stdout.take().context("the server has no standard output")?;
        let mut line = String::new();
        BufReader::new(output)
            .read_line(&mut line)
            .context("cannot read from the server")?;
        let address = line.split_whitespace().next_back().filter(|word| word.contains("://"));
        address
            .map(str::to_owned)
            .with_context(|| format!("{SERVER} did not start: {line:?}"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already; there is nothing left to stop then.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Copies the pages of `www` and the modules of `pkg` into one folder.
fn lay_out() -> Result<()> {
    let site = shell::root().join(SITE);
    if site.exists() {
        fs::remove_dir_all(&site).with_context(|| format!("cannot remove {SITE}"))?;
    }
    let www = shell::root().join("www");
    shell::copy_folder(&www, &site, &[site.clone(), shell::root().join(SERVER)])?;
    for part in ["dist", "wasm"] {
        let from = shell::root().join("pkg").join(part);
        shell::copy_folder(&from, &site.join("pkg").join(part), &[])?;
    }
    Ok(())
}
