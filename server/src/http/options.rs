use std::time::Duration;

use foldlog::core::Limits;

use crate::{
    FanoutOptions,
    auth::{RateOptions, TokenOptions},
};

/// How a server answers.
#[derive(Clone, Debug)]
pub struct HttpOptions {
    /// Which tokens are good; without it everyone may do everything, and the server listens on loopback only.
    pub tokens: Option<TokenOptions>,
    /// How much one token's subject may do.
    pub rates: RateOptions,
    /// The origins of pages that may call it, each as a browser sends it, or `*`.
    pub origins: Vec<String>,
    /// How large events and appends may be.
    pub limits: Limits,
    /// The most bytes of a body or of a line, after decompression.
    pub body_bytes: usize,
    /// The most events of a page.
    pub page_events: usize,
    /// The most bytes of a page, but for one event that is larger.
    pub page_bytes: usize,
    /// How long a request may take, its body included.
    pub request_timeout: Duration,
    /// How long an import or a verification may take.
    pub long_timeout: Duration,
    /// How long a connection may take to send the head of a request.
    pub header_timeout: Duration,
    /// How long requests may go on after the server was told to end.
    pub shutdown_timeout: Duration,
    /// The most connections at a time; further ones wait.
    pub connections: usize,
    /// The most requests at a time, streams apart; further ones are told to come back.
    pub requests: usize,
    /// The most verifications, exports and imports at a time.
    pub scans: usize,
    /// The most streams at a time.
    pub stream_count: usize,
    /// The most streams of one token's subject at a time.
    pub streams_a_subject: usize,
    /// How the streams of a log are kept.
    pub streams: FanoutOptions,
    /// The most logs that are kept open.
    pub open_logs: usize,
    /// After how long without a request a log is let go.
    pub idle_log: Duration,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            tokens: None,
            rates: RateOptions::default(),
            origins: Vec::new(),
            limits: Limits::default(),
            body_bytes: 32 << 20,
            page_events: 10_000,
            page_bytes: 8 << 20,
            request_timeout: Duration::from_secs(30),
            long_timeout: Duration::from_secs(600),
            header_timeout: Duration::from_secs(10),
            shutdown_timeout: Duration::from_secs(30),
            connections: 10_000,
            requests: 1_000,
            scans: 4,
            stream_count: 5_000,
            streams_a_subject: 100,
            streams: FanoutOptions::default(),
            open_logs: 10_000,
            idle_log: Duration::from_secs(300),
        }
    }
}
