//! `cargo xtask demo`: lays out the demo as static files and serves them; with `--remote` beside a server that keeps its logs.

use std::fs;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::json;

use crate::args::Args;
use crate::package::{self, Profile};
use crate::private_postgres::Postgres;
use crate::running::{Running, find_in_lines};
use crate::server::{self, Build};
use crate::setup::{self, Need};
use crate::shell;

/// The whole site, ready for any static host.
const SITE: &str = "www/dist";
const SERVER: &str = "www/serve.mjs";
const SMOKE: &str = "tests/browser/demo-smoke.mjs";
const REMOTE_SMOKE: &str = "tests/browser/remote-smoke.mjs";
const DEFAULT_PORT: &str = "8000";
/// The logs that the pages' token is for: that of the demo, and a copy of the one in the browser.
const REMOTE_LOG: &str = "wallet-demo";
const REMOTE_COPY: &str = "wallet-demo-copy";

pub(crate) fn command(mut args: Args) -> Result<()> {
    let smoke_only = args.flag("--smoke");
    let is_remote = args.flag("--remote");
    let port = args.values("--port")?.pop().unwrap_or_else(|| DEFAULT_PORT.to_owned());
    args.finish()?;
    if port.parse::<u16>().is_err() {
        bail!("--port {port:?} is not a port; give a number from 0 to 65535");
    }
    setup::ensure(package::NEEDS)?;
    if smoke_only {
        setup::ensure(&[Need::Chromium])?;
    }
    if is_remote {
        setup::ensure(&[Need::Postgres])?;
    }
    package::build(Profile::Release)?;
    match (smoke_only, is_remote) {
        (true, false) => smoke(),
        (true, true) => remote_smoke(),
        (false, false) => {
            lay_out()?;
            shell::run(&mut server(&port, None))
        }
        (false, true) => {
            lay_out()?;
            let logs = keep_logs()?;
            shell::run(&mut server(&port, Some(logs.address())))
        }
    }
}

/// Drives the demo of the package in `pkg/` from start to end in a headless browser.
pub(crate) fn smoke() -> Result<()> {
    lay_out()?;
    drive(SMOKE, None)
}

/// The same with the log on a server.
pub(crate) fn remote_smoke() -> Result<()> {
    lay_out()?;
    let logs = keep_logs()?;
    drive(REMOTE_SMOKE, Some(logs.address()))
}

fn drive(script: &str, logs: Option<&str>) -> Result<()> {
    let mut pages = Running::start(server("0", logs).stdout(Stdio::piped()))?;
    let output = pages
        .process()
        .stdout
        .take()
        .context("the server has no standard output")?;
    // The address is the last word of the first line.
    let address = find_in_lines(output, |line| {
        let address = line.split_whitespace().next_back()?;
        address.contains("://").then(|| address.to_owned())
    })?;
    shell::run(shell::command("node").args([script, &address]))
}

/// Serves the pages; they may call `logs`.
fn server(port: &str, logs: Option<&str>) -> Command {
    let mut node = shell::command("node");
    node.args([SERVER, SITE, port]).args(logs);
    node
}

/// Starts a server on a PostgreSQL of its own, and tells the pages of it.
fn keep_logs() -> Result<server::Server> {
    // The pages' port is not known before they are served, and whoever has the token may call.
    let server = server::Server::start(Build::Dev, Postgres::start(&[])?, "*")?;
    let known =
        json!({ "url": server.address(), "token": server.token(&[REMOTE_LOG, REMOTE_COPY])?, "copy": REMOTE_COPY });
    let module = format!("// @ts-check\n// Written by `cargo xtask demo --remote`.\nexport const server = {known};\n");
    fs::write(shell::root().join(SITE).join("js/server.js"), module).context("cannot write js/server.js")?;
    Ok(server)
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
