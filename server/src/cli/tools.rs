use std::{error::Error, path::PathBuf};

use clap::Args;
use foldlog::{core::Head, engine::VerifyError, environment::system, wire::read_head};
use foldlog_server::{LogName, grant_service, migrate, restore};
use tokio::{
    fs::File,
    io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader, BufWriter, stdin, stdout},
};

use crate::database::DatabaseArguments;

#[derive(Args)]
pub(crate) struct Migrate {
    /// Where PostgreSQL is, as the role that owns the schema.
    #[arg(long, env = "FOLDLOG_OWNER_DSN", hide_env_values = true)]
    dsn: String,
    /// A role, which exists, that gets what the service needs and no more.
    #[arg(long, env = "FOLDLOG_SERVICE_ROLE")]
    grant_to: Option<String>,
}

#[derive(Args)]
pub(crate) struct Verify {
    #[command(flatten)]
    database: DatabaseArguments,
    /// The log's name.
    #[arg(long, env = "FOLDLOG_LOG_NAME")]
    log: String,
    /// A head that was kept elsewhere, as JSON or as a cursor: what follows it is proved, and that it is still there.
    #[arg(long, env = "FOLDLOG_SINCE", value_parser = place)]
    since: Option<Head>,
}

#[derive(Args)]
pub(crate) struct Export {
    #[command(flatten)]
    database: DatabaseArguments,
    /// The log's name.
    #[arg(long, env = "FOLDLOG_LOG_NAME")]
    log: String,
    /// The sequence number after which it begins.
    #[arg(long, env = "FOLDLOG_AFTER", default_value_t = 0)]
    after: u64,
    /// The last sequence number; without it all there is.
    #[arg(long, env = "FOLDLOG_TO")]
    to: Option<u64>,
    /// The file to write, which must not exist; without it the standard output.
    #[arg(long, env = "FOLDLOG_OUTPUT")]
    output: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Import {
    #[command(flatten)]
    database: DatabaseArguments,
    /// The log's name; it is created if there is none.
    #[arg(long, env = "FOLDLOG_LOG_NAME")]
    log: String,
    /// Whether the log stays a mirror of the one that was exported, which takes no appends.
    #[arg(long, env = "FOLDLOG_AS_MIRROR")]
    as_mirror: bool,
    /// The file to read; without it the standard input.
    #[arg(long, env = "FOLDLOG_INPUT")]
    input: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Restore {
    /// Where PostgreSQL is, as the role that owns the schema.
    #[arg(long, env = "FOLDLOG_OWNER_DSN", hide_env_values = true)]
    dsn: String,
    /// The log's name.
    #[arg(long, env = "FOLDLOG_LOG_NAME")]
    log: String,
    /// The last sequence number that stays; the end of an append.
    #[arg(long, env = "FOLDLOG_TO_SEQUENCE")]
    to_sequence: u64,
}

impl Migrate {
    pub(crate) async fn run(&self) -> Result<(), Box<dyn Error>> {
        let applied = migrate(&self.dsn).await?;
        if let Some(role) = &self.grant_to {
            grant_service(&self.dsn, role).await?;
        }
        tracing::info!(applied, "migrated");
        Ok(())
    }
}

impl Verify {
    pub(crate) async fn run(&self) -> Result<(), Box<dyn Error>> {
        let log = self.database.open(&self.log, false).await?;
        match log.verify(self.since).await {
            Ok(proved) => {
                let mut head = String::new();
                proved.head.write_json(&mut head);
                println!(
                    "sound: {} appends, {} events, head {head}",
                    proved.appends, proved.events
                );
                Ok(())
            }
            Err(VerifyError::Fault(fault)) => {
                Err(format!("not sound at sequence number {}: {fault}", fault.sequence_number).into())
            }
            Err(error) => Err(error.into()),
        }
    }
}

impl Export {
    pub(crate) async fn run(&self) -> Result<(), Box<dyn Error>> {
        let log = self.database.open(&self.log, false).await?;
        let output: Box<dyn AsyncWrite + Unpin> = match &self.output {
            Some(path) => Box::new(File::create_new(path).await?),
            None => Box::new(stdout()),
        };
        let mut output = BufWriter::new(output);
        let mut export = log.export(self.after, self.to);
        while let Some(lines) = export.page().await? {
            output.write_all(lines.as_bytes()).await?;
        }
        Ok(output.flush().await?)
    }
}

impl Import {
    pub(crate) async fn run(&self) -> Result<(), Box<dyn Error>> {
        let input: Box<dyn AsyncRead + Unpin> = match &self.input {
            Some(path) => Box::new(File::open(path).await?),
            None => Box::new(stdin()),
        };
        let mut lines = BufReader::new(input).lines();
        let log = self.database.open(&self.log, true).await?;
        let mut import = log.import().await?;
        while let Some(line) = lines.next_line().await? {
            import.push(&line).await?;
        }
        let done = import.finish(self.as_mirror).await?;
        tracing::info!(imported = done.imported, skipped = done.skipped, "imported");
        Ok(())
    }
}

impl Restore {
    pub(crate) async fn run(&self) -> Result<(), Box<dyn Error>> {
        let name = log_name(&self.log)?;
        let restored = restore(&self.dsn, &name, self.to_sequence, &*system()).await?;
        println!(
            "restored: from sequence number {} to {}, in epoch {}; {} events are archived as restore {}",
            restored.from.sequence_number,
            restored.head.sequence_number,
            restored.head.epoch,
            restored.archived_events,
            restored.restore_number
        );
        Ok(())
    }
}

pub(crate) fn log_name(text: &str) -> Result<LogName, String> {
    LogName::parse(text).map_err(|reason| format!("--log: {reason}"))
}

fn place(text: &str) -> Result<Head, String> {
    Head::from_cursor(text).or_else(|_| read_head(text).map_err(|invalid| invalid.to_string()))
}
