use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod, Runtime, Status};
use foldlog::{environment::Environment, storage::StorageError};
use tokio::{runtime::Handle, sync::Semaphore, task::JoinHandle};
use tokio_postgres::Row;

use super::{
    Dsn, Failure, Lease, PostgresOptions, Statement,
    dsn::invalid,
    keeper::keep,
    listener::listen,
    news::News,
    notifier::{Notifier, notify},
};
use crate::{
    PostgresStorage,
    log::{LogName, OpenLog, open_log},
    migrate, sql,
};

/// A database with logs, as one instance uses it: a pool of connections and a listener, which close with its last log.
#[derive(Clone)]
pub struct PostgresDatabase(Arc<Database>);

/// What a [`PostgresDatabase`] and its logs share.
pub(crate) struct Database {
    pub(crate) options: PostgresOptions,
    pub(crate) environment: Arc<dyn Environment>,
    pub(crate) runtime: Handle,
    pub(crate) news: Arc<News>,
    pub(crate) notifier: Option<Notifier>,
    pub(crate) counted: Counted,
    /// How many streams may read pages at the same time.
    pub(crate) catch_up: Semaphore,
    pool: Pool,
    tasks: Vec<JoinHandle<()>>,
}

/// What happened so far, for metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Transactions that appended.
    pub groups: u64,
    /// Appends in them, replays and rejections included.
    pub appends: u64,
    /// Attempts that a serialization failure or a deadlock ended.
    pub serialization_retries: u64,
    /// Attempts that a lost connection ended.
    pub lost_connections: u64,
}

#[derive(Default)]
pub(crate) struct Counted {
    pub(crate) groups: AtomicU64,
    pub(crate) appends: AtomicU64,
    pub(crate) serialization_retries: AtomicU64,
    pub(crate) lost_connections: AtomicU64,
}

impl PostgresDatabase {
    /// Connects, and checks that the schema is that of this version. Has to be called within a tokio runtime, which does all work.
    ///
    /// # Errors
    ///
    /// The database cannot be reached, or has the schema of an older (`storage_unavailable`) or newer version (`superseded`).
    pub async fn connect(options: PostgresOptions, environment: Arc<dyn Environment>) -> Result<Self, StorageError> {
        let dsn = configured(&options)?;
        check_channel(&options.channel)?;
        let manager_config = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        let pool = Pool::builder(Manager::from_config(
            dsn.config.clone(),
            dsn.tls.clone(),
            manager_config,
        ))
        .max_size(options.pool_size)
        .wait_timeout(Some(options.pool_timeout))
        .create_timeout(Some(options.connect_timeout))
        .runtime(Runtime::Tokio1)
        .build()
        .map_err(|_| invalid("the pool cannot be made"))?;
        let news = Arc::new(News::default());
        let pool_size = options.pool_size;
        let (mut notifier, mut tasks) = (None, Vec::new());
        let minimum = options.pool_minimum.min(pool_size);
        tasks.push(tokio::spawn(keep(pool.clone(), minimum, options.pool_idle_timeout)));
        if options.notifications {
            tasks.push(tokio::spawn(listen(dsn, options.channel.clone(), Arc::clone(&news))));
            let (sender, task) = notify(pool.clone(), options.channel.clone());
            notifier = Some(sender);
            tasks.push(task);
        }
        let database = Database {
            options,
            environment,
            runtime: Handle::current(),
            news,
            notifier,
            counted: Counted::default(),
            catch_up: Semaphore::new((pool_size / 2).max(1)),
            pool,
            tasks,
        };
        let newest = database
            .query((sql::NEWEST_MIGRATION, &[]))
            .await
            .map_err(Failure::into_error)?;
        migrate::check(newest.first().map_or(0, |row| row.get("number")))?;
        Ok(Self(Arc::new(database)))
    }

    /// Opens a log: a handle of its own, whose appends share transactions among themselves. Many users of one log share one handle.
    ///
    /// # Errors
    ///
    /// `log_not_found` if there is none and none is to be created; or the database failed.
    pub async fn open_log(&self, name: LogName, how: OpenLog) -> Result<PostgresStorage, StorageError> {
        open_log(&self.0, name, how).await
    }

    pub(super) fn inner(&self) -> &Database {
        &self.0
    }

    /// What happened so far.
    pub fn counters(&self) -> Counters {
        let counted = &self.0.counted;
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counters {
            groups: read(&counted.groups),
            appends: read(&counted.appends),
            serialization_retries: read(&counted.serialization_retries),
            lost_connections: read(&counted.lost_connections),
        }
    }
}

impl Database {
    pub(super) fn pool_status(&self) -> Status {
        self.pool.status()
    }

    /// A connection of the pool.
    pub(crate) async fn lease(&self) -> Result<Lease, Failure> {
        Ok(Lease::new(self.pool.get().await?))
    }

    /// The rows of a statement that may be run again.
    pub(crate) async fn query(&self, statement: Statement<'_>) -> Result<Vec<Row>, Failure> {
        Ok(self.queries(&[statement]).await?.pop().unwrap_or_default())
    }

    /// The rows of statements that may be run again, sent at once.
    pub(crate) async fn queries(&self, statements: &[Statement<'_>]) -> Result<Vec<Vec<Row>>, Failure> {
        let mut attempt = 0;
        loop {
            let answer = match self.lease().await {
                Ok(lease) => lease.all(statements).await,
                Err(failure) => Err(failure),
            };
            match answer {
                Err(failure) if failure.is_lost() && attempt < self.options.reconnect_retries => {
                    self.counted.lost_connections.fetch_add(1, Ordering::Relaxed);
                    self.pause(attempt, 400).await;
                    attempt += 1;
                }
                answer => return answer,
            }
        }
    }

    /// Waits before another attempt: at random between none and twice as long as the last time, at most `most` milliseconds.
    pub(crate) async fn pause(&self, attempt: u32, most: u64) {
        let mut random = [0; 8];
        self.environment.fill_random(&mut random);
        let longest = most.min(2 << attempt.min(16));
        tokio::time::sleep(Duration::from_millis(u64::from_be_bytes(random) % (longest + 1))).await;
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// What a DSN that says nothing of it has.
const USUAL_KEEPALIVES_IDLE: Duration = Duration::from_secs(2 * 60 * 60);
/// After this an idle connection is tried, so often and so many times until it counts as lost.
const KEEPALIVES_IDLE: Duration = Duration::from_secs(15);
const KEEPALIVES_INTERVAL: Duration = Duration::from_secs(5);
const KEEPALIVES_RETRIES: u32 = 3;

/// The connection's settings stand in its start-up message, so that no round trip is spent on them.
///
/// A plan that is kept was made for the tables as they were, perhaps new and empty, where one index is as good as another: so each execution
/// is planned for the tables as they are. Every statement has an index that serves it; to read a whole table is never the plan.
fn configured(options: &PostgresOptions) -> Result<Dsn, StorageError> {
    let mut dsn = Dsn::parse(&options.dsn)?;
    let config = &mut dsn.config;
    let settings = format!(
        "{} -c lock_timeout={} -c statement_timeout={} -c idle_in_transaction_session_timeout={} \
         -c plan_cache_mode=force_custom_plan -c enable_seqscan=off",
        config.get_options().unwrap_or_default(),
        options.lock_timeout.as_millis(),
        options.statement_timeout.as_millis(),
        options.idle_in_transaction_timeout.as_millis()
    );
    config.options(settings.trim());
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(options.connect_timeout);
    }
    if config.get_tcp_user_timeout().is_none() {
        // A server that has gone without a word, as in a failover, must not be waited for longer than one that answers.
        config.tcp_user_timeout(options.statement_timeout);
    }
    if config.get_keepalives_idle() == USUAL_KEEPALIVES_IDLE {
        config.keepalives_idle(KEEPALIVES_IDLE);
        config.keepalives_interval(KEEPALIVES_INTERVAL);
        config.keepalives_retries(KEEPALIVES_RETRIES);
    }
    if config.get_application_name().is_none() {
        config.application_name("foldlog");
    }
    Ok(dsn)
}

/// The channel stands in a statement, as a name.
fn check_channel(channel: &str) -> Result<(), StorageError> {
    let is_name = (1..=63).contains(&channel.len())
        && channel
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
        && !channel.starts_with(|first: char| first.is_ascii_digit());
    if is_name {
        Ok(())
    } else {
        Err(invalid(
            "the channel's name is not 1 to 63 characters of a-z, 0-9 and _, beginning with no digit",
        ))
    }
}
