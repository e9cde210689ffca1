//! A PostgreSQL of a command's own, with the roles and the database of the server.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::shell;

/// Where Debian keeps the programs of PostgreSQL, a folder a version; they are not on the PATH.
pub(crate) const VERSIONS: &str = "/usr/lib/postgresql";
const SCRIPT: &str = "server/private-postgres.sh";
const DATABASE: &str = "foldlog";
const OWNER: &str = "foldlog_owner";
pub(crate) const SERVICE: &str = "foldlog_service";
const PATIENCE: Duration = Duration::from_secs(60);

/// It ends, and its folder goes, with this value or this process.
pub(crate) struct Postgres {
    folder: PathBuf,
    binaries: PathBuf,
    keeper: Child,
}

impl Postgres {
    /// Begins one that takes connections by its socket alone; `settings` are those of PostgreSQL, as `name=value`.
    pub(crate) fn start(settings: &[&str]) -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("foldlog-postgres-{}-xtask", std::process::id()));
        let binaries = binaries()?;
        let keeper = shell::command("/bin/sh")
            .arg(SCRIPT)
            .arg(&folder)
            .arg(&binaries)
            .args(["-", "-c", "listen_addresses=", "-c", "max_connections=300"])
            .args(settings.iter().flat_map(|setting| ["-c", setting]))
            .stdin(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {SCRIPT}"))?;
        let mut postgres = Self {
            folder,
            binaries,
            keeper,
        };
        postgres.wait()?;
        for statement in [
            format!("CREATE ROLE {OWNER} LOGIN"),
            format!("CREATE ROLE {SERVICE} LOGIN"),
            format!("CREATE DATABASE {DATABASE} OWNER {OWNER}"),
        ] {
            shell::output(
                postgres
                    .program("psql")
                    .args(["-q", "-d", "postgres", "-c", &statement]),
            )?;
        }
        Ok(postgres)
    }

    /// The DSN of the role that owns the schema.
    pub(crate) fn owner(&self) -> String {
        self.dsn(OWNER)
    }

    /// The DSN of the service's role.
    pub(crate) fn service(&self) -> String {
        self.dsn(SERVICE)
    }

    /// One of PostgreSQL's programs, as its superuser.
    pub(crate) fn program(&self, name: &str) -> Command {
        let mut program = shell::command(self.binaries.join(name));
        program.arg("-h").arg(&self.folder).args(["-U", "postgres"]);
        program
    }

    fn dsn(&self, user: &str) -> String {
        format!("host={} user={user} dbname={DATABASE}", self.folder.display())
    }

    fn wait(&mut self) -> Result<()> {
        let begun = Instant::now();
        while !shell::succeeds(self.program("pg_isready").arg("-q")) {
            if self.keeper.try_wait()?.is_some() || begun.elapsed() > PATIENCE {
                bail!("PostgreSQL does not begin; see {}", self.folder.join("log").display());
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // The end of its standard input ends it.
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// Those of the newest version.
fn binaries() -> Result<PathBuf> {
    let versions = fs::read_dir(VERSIONS).with_context(|| format!("cannot read {VERSIONS}"))?;
    let newest = versions
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path())))
        .max();
    newest
        .map(|(_, folder)| folder.join("bin"))
        .filter(|binaries| Path::new(binaries).join("initdb").is_file())
        .with_context(|| format!("no PostgreSQL in {VERSIONS}"))
}
