use std::time::Duration;

/// How a database is used.
#[derive(Clone)]
pub struct PostgresOptions {
    /// Where it is: a URL or the key-value form of libpq, with its `sslmode` and `sslrootcert`.
    pub dsn: String,
    /// The most connections of the pool; the listener has one more.
    pub pool_size: usize,
    /// How many connections are kept open even when there is nothing to do; not more than `pool_size`.
    pub pool_minimum: usize,
    /// After how long without use the others are closed.
    pub pool_idle_timeout: Duration,
    /// How long a call may wait for a connection.
    pub pool_timeout: Duration,
    /// How long connecting may take, unless the DSN says so.
    pub connect_timeout: Duration,
    /// How transactions that append are kept apart.
    pub isolation: Isolation,
    /// How long a statement may wait for a lock, such as that of a log's head.
    pub lock_timeout: Duration,
    /// How long a statement may take.
    pub statement_timeout: Duration,
    /// After how long a transaction without work is ended: a frozen instance must not block a log.
    pub idle_in_transaction_timeout: Duration,
    /// How often an append is planned again after a serialization failure or a deadlock.
    pub serialization_retries: u32,
    /// How often a call is tried again after a lost connection, with growing pauses.
    pub reconnect_retries: u32,
    /// Whether instances tell each other of appends by NOTIFY.
    pub notifications: bool,
    /// The channel of NOTIFY, which all instances on a database share: 1 to 63 characters of `a-z0-9_`, none of the digits first.
    pub channel: String,
    /// How often a waiting reader looks for itself, whatever it was told.
    pub poll: Duration,
    /// How long a transaction waits for appends that might join it. Each append takes longer by this; many small ones at the same time
    /// share fewer transactions without.
    pub group_window: Duration,
    /// The most events of appends that share a transaction; a larger append goes alone.
    pub group_events: usize,
    /// The most bytes of appends that share a transaction; a larger append goes alone.
    pub group_bytes: usize,
}

/// How transactions that append are kept apart. The guarantees are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isolation {
    /// By the lock of the log's head, which each takes first.
    ReadCommitted,
    /// By that lock, and by PostgreSQL as well: of two instances that append to one log at the same time, one has to try again.
    Serializable,
}

impl PostgresOptions {
    /// The usual options for a database.
    pub fn new(dsn: impl Into<String>) -> Self {
        Self {
            dsn: dsn.into(),
            pool_size: 16,
            pool_minimum: 1,
            pool_idle_timeout: Duration::from_secs(600),
            pool_timeout: Duration::from_secs(5),
            connect_timeout: Duration::from_secs(5),
            isolation: Isolation::ReadCommitted,
            lock_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(30),
            idle_in_transaction_timeout: Duration::from_secs(5),
            serialization_retries: 50,
            reconnect_retries: 5,
            notifications: true,
            channel: "foldlog".to_owned(),
            poll: Duration::from_secs(1),
            group_window: Duration::ZERO,
            group_events: 10_000,
            group_bytes: 16 << 20,
        }
    }
}
