use std::{
    env, fs,
    io::Write as _,
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

/// A private PostgreSQL in a temporary folder, reached by a socket in it; it ends, and the folder goes, with this process or this value.
pub(crate) struct Server {
    folder: PathBuf,
    port: u16,
    /// Takes orders from its standard input, and clears up when that ends.
    keeper: Mutex<Child>,
}

/// What a server has beyond the usual.
#[derive(Default)]
pub(crate) struct Setup {
    /// Tells its folder from those of other servers.
    pub(crate) label: &'static str,
    /// Settings of PostgreSQL, as `name=value`.
    pub(crate) settings: Vec<String>,
    /// A file system for its data alone, of this size, without the WAL.
    pub(crate) disk: Option<&'static str>,
    /// A port on the loopback, and a certificate for `localhost`, which is its own authority.
    pub(crate) tls: bool,
}

/// The server of all tests: with a database `foldlog`, migrated by `foldlog_owner`, used by `foldlog_service`.
pub(crate) fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    // On a thread of its own, since the first who asks may stand within the runtime, which must not be waited for there.
    SERVER.get_or_init(|| thread::spawn(|| begin(&Setup::default())).join().unwrap())
}

/// A server of one test's own, with the same roles and the same database. Not within the runtime.
pub(crate) fn begin(setup: &Setup) -> Server {
    let server = Server::start(setup);
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

    /// Its folder: the socket, the log, the data and the certificate are there.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Its port, also that of the socket.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Ends PostgreSQL and all of its processes as a power cut would.
    pub(crate) fn kill(&self) {
        self.order("kill");
    }

    /// Begins it again on the same data; it is there once it takes connections.
    pub(crate) fn begin_again(&self) {
        self.order("begin");
    }

    /// Whether it takes no connections.
    pub(crate) async fn is_away(&self) -> bool {
        connect(&self.service()).await.is_err()
    }

    /// The process that keeps it.
    pub(crate) fn keeper(&self) -> u32 {
        self.keeper.lock().unwrap().id()
    }

    fn order(&self, order: &str) {
        let mut keeper = self.keeper.lock().unwrap();
        writeln!(keeper.stdin.as_mut().unwrap(), "{order}").unwrap();
    }

    fn dsn(&self, user: &str, database: &str) -> String {
        format!(
            "host={} port={} user={user} dbname={database}",
            self.folder.display(),
            self.port
        )
    }

    fn start(setup: &Setup) -> Self {
        let name = format!("foldlog-postgres-{}{}", std::process::id(), setup.label);
        let folder = env::temp_dir().join(name);
        fs::create_dir_all(folder.join("data")).unwrap();
        let port = if setup.tls { free_port() } else { 5432 };
        let mut settings = setup.settings.clone();
        if setup.tls {
            make_certificate(&folder);
            settings.extend(["listen_addresses=localhost".to_owned(), "ssl=on".to_owned()]);
            for (name, file) in [("ssl_cert_file", "certificate"), ("ssl_key_file", "key")] {
                settings.push(format!("{name}={}", folder.join(file).display()));
            }
        } else {
            settings.push("listen_addresses=".to_owned());
        }
        let fsync = if env::var_os("FOLDLOG_FSYNC").is_some() {
            "on"
        } else {
            "off"
        };
        settings.push(format!("fsync={fsync}"));
        settings.push(format!("port={port}"));
        let keeper = Command::new("/bin/sh")
            .arg(KEEPER)
            .arg(&folder)
            .arg(binaries())
            .arg(setup.disk.unwrap_or("-"))
            .args(["-c", "max_connections=300"])
            // A commit that asks for it waits for a standby that is not there: it is stored, and its answer can be lost.
            .args(["-c", "synchronous_standby_names=nobody", "-c", "synchronous_commit=local"])
            .args(settings.iter().flat_map(|setting| ["-c", setting]))
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let server = Self {
            folder,
            port,
            keeper: Mutex::new(keeper),
        };
        server.wait();
        server
    }

    fn wait(&self) {
        let begun = Instant::now();
        let client = loop {
            match runtime().block_on(connect(&self.dsn("postgres", "postgres"))) {
                Ok(client) => break client,
                Err(error) => {
                    let has_ended = self.keeper.lock().unwrap().try_wait().unwrap().is_some();
                    assert!(
                        !has_ended && begun.elapsed() < PATIENCE,
                        "PostgreSQL does not begin: {error}"
                    );
                }
            }
            thread::sleep(Duration::from_millis(50));
        };
        let roles = "CREATE ROLE foldlog_owner LOGIN; CREATE ROLE foldlog_service LOGIN";
        runtime().block_on(client.batch_execute(roles)).unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let keeper = self.keeper.get_mut().unwrap();
        drop(keeper.stdin.take());
        let _ = keeper.wait();
    }
}

/// Keeps it, as it says itself.
const KEEPER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/private-postgres.sh");

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn make_certificate(folder: &Path) {
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
        ])
        .args([
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost",
            "-addext",
            "basicConstraints=critical,CA:FALSE",
        ])
        .args(["-keyout", "key", "-out", "certificate"])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
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
