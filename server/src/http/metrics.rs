use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use axum::http::StatusCode;
use foldlog::{core::append::Receipt, storage::AppendError};
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

use super::Service;

const SECONDS: [f64; 12] = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];
const EVENTS: [f64; 8] = [1.0, 2.0, 5.0, 10.0, 50.0, 100.0, 1_000.0, 10_000.0];
const BYTES: [f64; 7] = [256.0, 1_024.0, 4_096.0, 16_384.0, 65_536.0, 1_048_576.0, 16_777_216.0];

/// What operators see. No label has a log's name, an id or a token's subject.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    request_seconds: Family<RouteLabels, Histogram, fn() -> Histogram>,
    appends: Family<OutcomeLabels, Counter>,
    append_seconds: Histogram,
    append_events: Histogram,
    append_bytes: Histogram,
    panics: Counter,
    scraped: Scraped,
}

/// What is looked up when it is asked for.
#[derive(Default)]
struct Scraped {
    groups: Counter,
    grouped: Counter,
    serialization_retries: Counter,
    lost_connections: Counter,
    pool: Family<PoolLabels, Gauge>,
    open_logs: Gauge,
    streams: Gauge,
    stream_bytes: Gauge,
    listening: Gauge,
    requests_free: Gauge,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RequestLabels {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RouteLabels {
    route: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OutcomeLabels {
    outcome: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct PoolLabels {
    connections: &'static str,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("foldlog"),
            requests: Family::default(),
            request_seconds: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            appends: Family::default(),
            append_seconds: Histogram::new(SECONDS),
            append_events: Histogram::new(EVENTS),
            append_bytes: Histogram::new(BYTES),
            panics: Counter::default(),
            scraped: Scraped::default(),
        };
        metrics.register();
        metrics
    }

    /// Counts a request that was answered.
    pub(crate) fn answered(&self, method: &'static str, route: &str, status: StatusCode, time: Duration) {
        let labels = RequestLabels {
            method,
            route: route.to_owned(),
            status: status.as_u16(),
        };
        self.requests.get_or_create(&labels).inc();
        let labels = RouteLabels {
            route: route.to_owned(),
        };
        self.request_seconds.get_or_create(&labels).observe(time.as_secs_f64());
    }

    /// Counts an append.
    #[expect(
        clippy::cast_precision_loss,
        reason = "events and bytes of an append are far below 2^52"
    )]
    pub(crate) fn appended(&self, events: usize, bytes: usize, outcome: &Result<Receipt, AppendError>, time: Duration) {
        let outcome = match outcome {
            Ok(receipt) if receipt.replayed => "replayed",
            Ok(_) => "stored",
            Err(AppendError::Rejected(rejection)) => foldlog::wire::Problem::from(rejection.clone()).code,
            Err(AppendError::Invalid(_)) => "invalid",
            Err(AppendError::Storage(error)) => error.kind.code(),
        };
        self.appends.get_or_create(&OutcomeLabels { outcome }).inc();
        self.append_seconds.observe(time.as_secs_f64());
        self.append_events.observe(events as f64);
        self.append_bytes.observe(bytes as f64);
    }

    /// Counts a request that brought its handler down.
    pub(crate) fn panicked(&self) {
        self.panics.inc();
    }

    /// All of it, as Prometheus reads it.
    pub(crate) fn text(&self, service: &Service) -> String {
        self.scraped.look(service);
        let mut text = String::new();
        // Writing to a String does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }

    fn register(&mut self) {
        let Self {
            registry,
            requests,
            request_seconds,
            appends,
            append_seconds,
            append_events,
            append_bytes,
            panics,
            scraped,
        } = self;
        registry.register("http_requests", "Requests that were answered", requests.clone());
        let help = "Seconds until a request was answered, or until its lines began";
        registry.register("http_request_seconds", help, request_seconds.clone());
        registry.register("appends", "Appends by what became of them", appends.clone());
        let help = "Seconds from an append's place in the queue to its outcome";
        registry.register("append_seconds", help, append_seconds.clone());
        registry.register("append_events", "Events of an append", append_events.clone());
        registry.register("append_bytes", "Bytes of an append's body", append_bytes.clone());
        registry.register("panics", "Requests that brought their handler down", panics.clone());
        scraped.register(registry);
    }
}

impl Scraped {
    fn register(&self, registry: &mut Registry) {
        registry.register("groups", "Transactions that appended", self.groups.clone());
        let help = "Appends in those transactions: divided by them it is the size of a group";
        registry.register("grouped_appends", help, self.grouped.clone());
        let help = "Attempts that a serialization failure or a deadlock ended";
        registry.register("serialization_retries", help, self.serialization_retries.clone());
        let help = "Attempts that a lost connection ended";
        registry.register("lost_connections", help, self.lost_connections.clone());
        registry.register("pool", "Connections to the database", self.pool.clone());
        registry.register("open_logs", "Logs that are kept open", self.open_logs.clone());
        registry.register("streams", "Streams that are open", self.streams.clone());
        let help = "Bytes of events that are kept for all streams";
        registry.register("stream_bytes", help, self.stream_bytes.clone());
        let help = "Whether the instance hears of the appends of others";
        registry.register("listening", help, self.listening.clone());
        let help = "How many more requests the instance takes";
        registry.register("requests_free", help, self.requests_free.clone());
    }

    fn look(&self, service: &Service) {
        let counted = service.database.counters();
        for (counter, value) in [
            (&self.groups, counted.groups),
            (&self.grouped, counted.appends),
            (&self.serialization_retries, counted.serialization_retries),
            (&self.lost_connections, counted.lost_connections),
        ] {
            let inner: &AtomicU64 = counter.inner();
            inner.store(value, Ordering::Relaxed);
        }
        let pool = service.database.pool();
        for (connections, value) in [
            ("most", pool.most),
            ("open", pool.open),
            ("idle", pool.idle),
            ("awaited", pool.awaited),
        ] {
            self.pool.get_or_create(&PoolLabels { connections }).set(signed(value));
        }
        self.open_logs.set(signed(service.logs.count()));
        let (streams, bytes) = service.logs.streams();
        self.streams.set(signed(streams));
        self.stream_bytes.set(signed(bytes));
        self.listening.set(i64::from(service.database.is_listening()));
        self.requests_free.set(signed(service.requests.available_permits()));
    }
}

fn signed(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
