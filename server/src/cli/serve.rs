use std::{error::Error, net::SocketAddr, time::Duration};

use clap::Args;
use foldlog::{core::Limits, environment::system};
use foldlog_server::{
    FanoutOptions, RateOptions,
    http::{HttpOptions, HttpServer},
};
use tokio::signal::unix::{SignalKind, signal};

use crate::{
    database::DatabaseArguments,
    keys::TokenArguments,
    units::{bytes, duration},
};

#[derive(Args)]
pub(crate) struct Serve {
    /// The address to answer on. TLS is for what stands in front of it.
    #[arg(long, env = "FOLDLOG_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The address of /metrics, and of /livez and /readyz once more.
    #[arg(long, env = "FOLDLOG_OPS_LISTEN", default_value = "127.0.0.1:9464")]
    ops_listen: SocketAddr,
    #[command(flatten, next_help_heading = "Database")]
    database: DatabaseArguments,
    #[command(flatten, next_help_heading = "Authentication")]
    tokens: TokenArguments,
    #[command(flatten, next_help_heading = "Limits")]
    limits: LimitArguments,
    #[command(flatten, next_help_heading = "Timeouts")]
    timeouts: TimeoutArguments,
    /// The origins of pages that may call it, as a browser sends them, with commas; * for all, if tokens are asked for.
    #[arg(long, env = "FOLDLOG_CORS_ORIGINS", value_delimiter = ',', help_heading = "CORS")]
    cors_origins: Vec<String>,
}

#[derive(Args)]
struct LimitArguments {
    /// The most bytes of an event's texts.
    #[arg(long, env = "FOLDLOG_EVENT_BYTES", default_value = "1MiB", value_parser = bytes)]
    event_bytes: usize,
    /// The most events of an append.
    #[arg(long, env = "FOLDLOG_APPEND_EVENTS", default_value_t = 10_000)]
    append_events: usize,
    /// The most bytes of an append's events.
    #[arg(long, env = "FOLDLOG_APPEND_BYTES", default_value = "16MiB", value_parser = bytes)]
    append_bytes: usize,
    /// The most bytes of a body, or of a line of an import, after decompression.
    #[arg(long, env = "FOLDLOG_BODY_BYTES", default_value = "32MiB", value_parser = bytes)]
    body_bytes: usize,
    /// The most events of a page.
    #[arg(long, env = "FOLDLOG_PAGE_EVENTS", default_value_t = 10_000)]
    page_events: usize,
    /// The most bytes of a page, but for one event that is larger.
    #[arg(long, env = "FOLDLOG_PAGE_BYTES", default_value = "8MiB", value_parser = bytes)]
    page_bytes: usize,
    /// Requests a second of one token's subject; 0 for no limit.
    #[arg(long, env = "FOLDLOG_RATE_REQUESTS", default_value_t = 200)]
    rate_requests: u32,
    /// Events a second of one token's subject; 0 for no limit.
    #[arg(long, env = "FOLDLOG_RATE_EVENTS", default_value_t = 20_000)]
    rate_events: u32,
    /// Bytes a second of the bodies of one token's subject; 0 for no limit.
    #[arg(long, env = "FOLDLOG_RATE_BYTES", default_value = "64MiB", value_parser = bytes)]
    rate_bytes: usize,
    /// The most connections; further ones wait.
    #[arg(long, env = "FOLDLOG_CONNECTIONS", default_value_t = 10_000)]
    connections: usize,
    /// The most requests under way; further ones are told to come back.
    #[arg(long, env = "FOLDLOG_REQUESTS", default_value_t = 1_000)]
    requests: usize,
    /// The most verifications, exports and imports under way.
    #[arg(long, env = "FOLDLOG_SCANS", default_value_t = 4)]
    scans: usize,
    /// The most streams.
    #[arg(long, env = "FOLDLOG_STREAMS", default_value_t = 5_000)]
    streams: usize,
    /// The most streams of one token's subject.
    #[arg(long, env = "FOLDLOG_STREAMS_A_SUBJECT", default_value_t = 100)]
    streams_a_subject: usize,
    /// The most events that are kept in memory for all streams of a log.
    #[arg(long, env = "FOLDLOG_STREAM_EVENTS", default_value_t = 2_000)]
    stream_events: usize,
    /// About how many bytes of them.
    #[arg(long, env = "FOLDLOG_STREAM_BYTES", default_value = "2MiB", value_parser = bytes)]
    stream_bytes: usize,
    /// The most logs that are kept open.
    #[arg(long, env = "FOLDLOG_OPEN_LOGS", default_value_t = 10_000)]
    open_logs: usize,
}

#[derive(Args)]
struct TimeoutArguments {
    /// How long a request may take, its body included.
    #[arg(long, env = "FOLDLOG_REQUEST_TIMEOUT", default_value = "30s", value_parser = duration)]
    request_timeout: Duration,
    /// How long an import or a verification may take.
    #[arg(long, env = "FOLDLOG_LONG_TIMEOUT", default_value = "10m", value_parser = duration)]
    long_timeout: Duration,
    /// How long the head of a request may take.
    #[arg(long, env = "FOLDLOG_HEADER_TIMEOUT", default_value = "10s", value_parser = duration)]
    header_timeout: Duration,
    /// After how long without a line a stream tells its position; clients give up after 40 seconds.
    #[arg(long, env = "FOLDLOG_HEARTBEAT", default_value = "15s", value_parser = duration)]
    heartbeat: Duration,
    /// How long a client may leave a stream's lines before the stream ends.
    #[arg(long, env = "FOLDLOG_STREAM_PATIENCE", default_value = "30s", value_parser = duration)]
    stream_patience: Duration,
    /// How long requests may go on after SIGTERM.
    #[arg(long, env = "FOLDLOG_SHUTDOWN_TIMEOUT", default_value = "30s", value_parser = duration)]
    shutdown_timeout: Duration,
    /// After how long without a request a log is let go.
    #[arg(long, env = "FOLDLOG_IDLE_LOG", default_value = "5m", value_parser = duration)]
    idle_log: Duration,
}

impl Serve {
    pub(crate) async fn run(&self) -> Result<(), Box<dyn Error>> {
        let options = self.options()?;
        let has_tokens = options.tokens.is_some();
        let database = self.database.connect().await?;
        let ops = Some(self.ops_listen);
        let server = HttpServer::bind(self.listen, ops, options, database, system()).await?;
        let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        // Tests and scripts wait for these lines, and take the ports from them.
        tracing::info!(
            address = %server.local_addr()?,
            ops = %server.ops_addr()?,
            authentication = has_tokens,
            "answers"
        );
        let shutdown = async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            tracing::info!("ends");
        };
        server.run(shutdown).await;
        tracing::info!("has ended");
        Ok(())
    }

    fn options(&self) -> Result<HttpOptions, Box<dyn Error>> {
        let (limits, timeouts) = (&self.limits, &self.timeouts);
        Ok(HttpOptions {
            tokens: self.tokens.options()?,
            rates: RateOptions {
                requests: limits.rate_requests,
                events: limits.rate_events,
                bytes: u32::try_from(limits.rate_bytes).unwrap_or(u32::MAX),
            },
            origins: self.cors_origins.clone(),
            limits: Limits {
                event_bytes: limits.event_bytes,
                append_events: limits.append_events,
                append_bytes: limits.append_bytes,
            },
            body_bytes: limits.body_bytes,
            page_events: limits.page_events,
            page_bytes: limits.page_bytes,
            request_timeout: timeouts.request_timeout,
            long_timeout: timeouts.long_timeout,
            header_timeout: timeouts.header_timeout,
            shutdown_timeout: timeouts.shutdown_timeout,
            connections: limits.connections,
            requests: limits.requests,
            scans: limits.scans,
            stream_count: limits.streams,
            streams_a_subject: limits.streams_a_subject,
            streams: FanoutOptions {
                ring_events: limits.stream_events,
                ring_bytes: limits.stream_bytes,
                heartbeat: timeouts.heartbeat,
                patience: timeouts.stream_patience,
                ..FanoutOptions::default()
            },
            open_logs: limits.open_logs,
            idle_log: timeouts.idle_log,
        })
    }
}
