//! The server on a PostgreSQL of its own, for the demo and the load measurements.

use std::fs;
use std::io::Read as _;
use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::private_postgres::{Postgres, SERVICE};
use crate::running::{Running, find_in_lines};
use crate::shell;

const ISSUER: &str = "https://foldlog.test";
const AUDIENCE: &str = "foldlog";
const SECRET_BYTES: usize = 32;

/// How its program is built.
#[derive(Clone, Copy)]
pub(crate) enum Build {
    /// Quickly.
    Dev,
    /// As one would run it.
    Server,
}

/// A server, whose database ends with it.
pub(crate) struct Server {
    address: String,
    program: PathBuf,
    secret: PathBuf,
    // In the order in which they end.
    _process: Running,
    pub(crate) postgres: Postgres,
}

impl Server {
    /// Begins one on any free port; pages of `origins`, as the option of the server names them, may call it.
    pub(crate) fn start(build: Build, postgres: Postgres, origins: &str) -> Result<Self> {
        let program = build_program(build)?;
        let secret = std::env::temp_dir().join(format!("foldlog-secret-{}", std::process::id()));
        make_secret(&secret)?;
        shell::run(
            shell::command(&program)
                .arg("migrate")
                .env("FOLDLOG_OWNER_DSN", postgres.owner())
                .env("FOLDLOG_SERVICE_ROLE", SERVICE),
        )?;
        let mut process = Running::start(
            shell::command(&program)
                .args(["serve", "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0"])
                .args([
                    "--jwt-algorithm",
                    "HS256",
                    "--jwt-issuer",
                    ISSUER,
                    "--jwt-audience",
                    AUDIENCE,
                ])
                .arg("--jwt-keys")
                .arg(&secret)
                .args(["--log-format", "json", "--cors-origins", origins])
                .args(["--rate-requests", "0", "--rate-events", "0", "--rate-bytes", "0"])
                .env("FOLDLOG_DSN", postgres.service())
                .stderr(Stdio::piped()),
        )?;
        let output = process
            .process()
            .stderr
            .take()
            .context("the server has no standard error")?;
        let address = find_in_lines(output, |line| {
            let line: Value = serde_json::from_str(line).ok()?;
            Some(format!("http://{}", line.get("address")?.as_str()?))
        })?;
        Ok(Self {
            address,
            program,
            secret,
            _process: process,
            postgres,
        })
    }

    /// Its address, as a client takes it.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// A token with all rights on some logs.
    pub(crate) fn token(&self, logs: &[&str]) -> Result<String> {
        let token = shell::text(
            shell::command(&self.program)
                .args(["token", "--issuer", ISSUER, "--audience", AUDIENCE, "--lasts", "12h"])
                .args(["--log", &logs.join(",")])
                .arg("--secret")
                .arg(&self.secret),
        )?;
        Ok(token.trim().to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.secret);
    }
}

fn build_program(build: Build) -> Result<PathBuf> {
    let (profile, folder) = match build {
        Build::Dev => ("dev", "debug"),
        Build::Server => ("server", "server"),
    };
    shell::run(shell::cargo().args(["build", "--package", "foldlog-server", "--profile", profile]))?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| shell::root().join("target"), PathBuf::from);
    Ok(target.join(folder).join("foldlog-server"))
}

/// Random bytes that nobody but this user reads.
fn make_secret(path: &PathBuf) -> Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut bytes = [0; SECRET_BYTES];
    fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    let _ = fs::remove_file(path);
    let file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
    std::io::Write::write_all(
        &mut file.with_context(|| format!("cannot write {}", path.display()))?,
        &bytes,
    )?;
    Ok(())
}
