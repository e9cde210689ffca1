use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Mutex, OnceLock},
    thread,
    time::{Duration, Instant},
};

use foldlog_server::{grant_service, migrate};
use tokio_postgres::{Client, NoTls};

use super::runtime;

/// How long PostgreSQL may take to begin.
const PATIENCE: Duration = Duration::from_secs(60);

/// A private PostgreSQL in a temporary folder, reached by a socket in it; it ends, and the folder goes, with this process.
pub(crate) struct Server {
    folder: PathBuf,
    /// Its standard input is held open as long as this process lives.
    _keeper: Mutex<Child>,
}

/// The server of all tests: with a database `foldlog`, migrated by `foldlog_owner`, used by `foldlog_service`.
pub(crate) fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    // On a thread of its own, since the first who asks may stand within the runtime, which must not be waited for there.
    SERVER.get_or_init(|| thread::spawn(begin).join().unwrap())
}

fn begin() -> Server {
    let server = Server::start();
    runtime().block_on(async {
        server.create_database("foldlog").await;
        let owner = server.owner("foldlog");
        migrate(&owner).await.unwrap();
        grant_service(&owner, "foldlog_service").await.unwrap();
    });
    server
}

impl Server {
    /// The DSN of the service's role.
    pub(crate) fn service(&self) -> String {
        self.dsn("foldlog_service", "foldlog")
    }

    /// The DSN of the role that owns the schema.
    pub(crate) fn owner(&self, database: &str) -> String {
        self.dsn("foldlog_owner", database)
    }

    /// A connection of the service's role.
    pub(crate) async fn service_client(&self) -> Client {
        connect(&self.service()).await.unwrap()
    }

    /// A connection of the role that owns the schema.
    pub(crate) async fn owner_client(&self) -> Client {
        connect(&self.owner("foldlog")).await.unwrap()
    }

    /// A connection that may do everything.
    pub(crate) async fn superuser(&self) -> Client {
        connect(&self.dsn("postgres", "foldlog")).await.unwrap()
    }

    /// Another database of the owner, empty.
    pub(crate) async fn create_database(&self, name: &str) {
        let client = connect(&self.dsn("postgres", "postgres")).await.unwrap();
        client
            .batch_execute(&format!("CREATE DATABASE {name} OWNER foldlog_owner"))
            .await
            .unwrap();
    }

    fn dsn(&self, user: &str, database: &str) -> String {
        format!("host={} user={user} dbname={database}", self.folder.display())
    }

    fn start() -> Self {
        let folder = env::temp_dir().join(format!("foldlog-postgres-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let binaries = binaries();
        // PostgreSQL does not run as root.
        let is_root = fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
        if is_root {
            assert!(
                Command::new("chown")
                    .arg("postgres")
                    .arg(&folder)
                    .status()
                    .unwrap()
                    .success()
            );
        }
        let command = |program: &Path| {
            if is_root {
                let mut command = Command::new("setpriv");
                command
                    .args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"])
                    .arg(program);
                command
            } else {
                Command::new(program)
            }
        };
        let data = folder.join("data");
        let made = command(&binaries.join("initdb"))
            .args([
                "--username=postgres",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
                "-D",
            ])
            .arg(&data)
            .current_dir(&folder)
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let fsync = if env::var_os("FOLDLOG_FSYNC").is_some() {
            "on"
        } else {
            "off"
        };
        // What ends the tests' group of processes must not end the keeper before it has cleared up.
        let script = r#"trap '' INT TERM; folder=$1; shift; "$@" >"$folder/log" 2>&1 </dev/null & server=$!
            cat >/dev/null; kill -QUIT $server; wait $server; rm -rf "$folder""#;
        let keeper = command(Path::new("/bin/sh"))
            .args(["-c", script, "sh"])
            .arg(&folder)
            .arg(binaries.join("postgres"))
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(&folder)
            .args(["-c", "listen_addresses=", "-c", "max_connections=300"])
            // A commit that asks for it waits for a standby that is not there: it is stored, and its answer can be lost.
            .args(["-c", "synchronous_standby_names=nobody", "-c", "synchronous_commit=local", "-c"])
            .arg(format!("fsync={fsync}"))
            .current_dir(&folder)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let server = Self {
            folder,
            _keeper: Mutex::new(keeper),
        };
        server.wait();
        server
    }

    fn wait(&self) {
        let begun = Instant::now();
        let client = loop {
            match runtime().block_on(connect(&self.dsn("postgres", "postgres"))) {
                Ok(client) => break client,
                Err(error) => assert!(begun.elapsed() < PATIENCE, "PostgreSQL does not begin: {error}"),
            }
            thread::sleep(Duration::from_millis(50));
        };
        let roles = "CREATE ROLE foldlog_owner LOGIN; CREATE ROLE foldlog_service LOGIN";
        runtime().block_on(client.batch_execute(roles)).unwrap();
    }
}

async fn connect(dsn: &str) -> Result<Client, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(dsn, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

/// Where the newest PostgreSQL of this machine has its programs; `FOLDLOG_POSTGRES` names another.
fn binaries() -> PathBuf {
    if let Some(folder) = env::var_os("FOLDLOG_POSTGRES") {
        return folder.into();
    }
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path())))
        .max();
    newest.map(|(_, folder)| folder.join("bin")).expect(
        "PostgreSQL is not in /usr/lib/postgresql: install Debian's package postgresql, or name the folder of initdb in FOLDLOG_POSTGRES",
    )
}
