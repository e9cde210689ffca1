use std::{error::Error, time::Duration};

use clap::{Args, ValueEnum};
use foldlog::{core::Limits, engine::EventStore, environment::system};
use foldlog_server::{Isolation, OpenLog, PostgresDatabase, PostgresOptions, PostgresStorage};

use crate::{
    tools::log_name,
    units::{bytes, duration},
};

/// The database, and how it is used.
#[derive(Args)]
pub(crate) struct DatabaseArguments {
    /// Where PostgreSQL is: a URL or the key-value form of libpq, with its `sslmode` and `sslrootcert`. Better given in the environment, since others see arguments.
    #[arg(long, env = "FOLDLOG_DSN", hide_env_values = true)]
    dsn: String,
    /// The most connections; the listener has one more.
    #[arg(long, env = "FOLDLOG_POOL_SIZE", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..))]
    pool_size: u16,
    /// How many connections are kept open even when there is nothing to do.
    #[arg(long, env = "FOLDLOG_POOL_MINIMUM", default_value_t = 1)]
    pool_minimum: u16,
    /// After how long without use the others are closed.
    #[arg(long, env = "FOLDLOG_POOL_IDLE_TIMEOUT", default_value = "10m", value_parser = duration)]
    pool_idle_timeout: Duration,
    /// How long a call may wait for a connection.
    #[arg(long, env = "FOLDLOG_POOL_TIMEOUT", default_value = "5s", value_parser = duration)]
    pool_timeout: Duration,
    /// How long connecting may take, unless the DSN says so.
    #[arg(long, env = "FOLDLOG_CONNECT_TIMEOUT", default_value = "5s", value_parser = duration)]
    connect_timeout: Duration,
    /// How transactions that append are kept apart.
    #[arg(long, env = "FOLDLOG_ISOLATION", value_enum, default_value_t = IsolationArgument::ReadCommitted)]
    isolation: IsolationArgument,
    /// How long a statement may wait for a lock.
    #[arg(long, env = "FOLDLOG_LOCK_TIMEOUT", default_value = "5s", value_parser = duration)]
    lock_timeout: Duration,
    /// How long a statement may take.
    #[arg(long, env = "FOLDLOG_STATEMENT_TIMEOUT", default_value = "30s", value_parser = duration)]
    statement_timeout: Duration,
    /// After how long a transaction without work is ended.
    #[arg(long, env = "FOLDLOG_IDLE_TRANSACTION_TIMEOUT", default_value = "5s", value_parser = duration)]
    idle_transaction_timeout: Duration,
    /// How often an append is planned again after a serialization failure or a deadlock.
    #[arg(long, env = "FOLDLOG_SERIALIZATION_RETRIES", default_value_t = 50)]
    serialization_retries: u32,
    /// How often a call is tried again after a lost connection.
    #[arg(long, env = "FOLDLOG_RECONNECT_RETRIES", default_value_t = 5)]
    reconnect_retries: u32,
    /// Whether instances tell each other of appends by NOTIFY; without, a poll finds them.
    #[arg(long, env = "FOLDLOG_NOTIFICATIONS", default_value_t = true, action = clap::ArgAction::Set)]
    notifications: bool,
    /// The channel of NOTIFY, which all instances on a database share.
    #[arg(long, env = "FOLDLOG_CHANNEL", default_value = "foldlog")]
    channel: String,
    /// How often a waiting reader looks for itself.
    #[arg(long, env = "FOLDLOG_POLL", default_value = "1s", value_parser = duration)]
    poll: Duration,
    /// How long a transaction waits for appends that might join it; each append takes longer by this.
    #[arg(long, env = "FOLDLOG_GROUP_WINDOW", default_value = "0ms", value_parser = duration)]
    group_window: Duration,
    /// The most events of appends that share a transaction.
    #[arg(long, env = "FOLDLOG_GROUP_EVENTS", default_value_t = 10_000)]
    group_events: usize,
    /// The most bytes of appends that share a transaction.
    #[arg(long, env = "FOLDLOG_GROUP_BYTES", default_value = "16MiB", value_parser = bytes)]
    group_bytes: usize,
}

#[derive(Clone, Copy, ValueEnum)]
enum IsolationArgument {
    ReadCommitted,
    Serializable,
}

impl DatabaseArguments {
    pub(crate) async fn connect(&self) -> Result<PostgresDatabase, Box<dyn Error>> {
        let options = PostgresOptions {
            dsn: self.dsn.clone(),
            pool_size: self.pool_size.into(),
            pool_minimum: self.pool_minimum.into(),
            pool_idle_timeout: self.pool_idle_timeout,
            pool_timeout: self.pool_timeout,
            connect_timeout: self.connect_timeout,
            isolation: match self.isolation {
                IsolationArgument::ReadCommitted => Isolation::ReadCommitted,
                IsolationArgument::Serializable => Isolation::Serializable,
            },
            lock_timeout: self.lock_timeout,
            statement_timeout: self.statement_timeout,
            idle_in_transaction_timeout: self.idle_transaction_timeout,
            serialization_retries: self.serialization_retries,
            reconnect_retries: self.reconnect_retries,
            notifications: self.notifications,
            channel: self.channel.clone(),
            poll: self.poll,
            group_window: self.group_window,
            group_events: self.group_events,
            group_bytes: self.group_bytes,
        };
        Ok(PostgresDatabase::connect(options, system()).await?)
    }

    /// A log of it, for a tool.
    pub(crate) async fn open(&self, log: &str, create: bool) -> Result<EventStore<PostgresStorage>, Box<dyn Error>> {
        let name = log_name(log)?;
        let storage = self.connect().await?.open_log(name, OpenLog { create }).await?;
        Ok(EventStore::new(storage, system(), Limits::default()))
    }
}
