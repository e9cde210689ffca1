use axum::http::Method;

use crate::auth::Right;

/// What an operation is, for all that is decided before its own code runs.
#[derive(Clone, Copy)]
pub(crate) struct Operation {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) right: Right,
    pub(crate) answers: Media,
    pub(crate) kind: Kind,
    /// Whether the log may be missing, since the operation makes it.
    pub(crate) creates: bool,
}

/// What stands in an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Media {
    Json,
    Lines,
}

/// How long it may take, and what is known of it when it took too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Read,
    Write,
    /// Reads or writes a log from end to end.
    Scan,
    /// Goes on until the client goes.
    Stream,
}

const fn operation(method: &'static str, path: &'static str, right: Right, kind: Kind) -> Operation {
    Operation {
        method,
        path,
        right,
        answers: Media::Json,
        kind,
        creates: false,
    }
}

const fn lines(operation: Operation) -> Operation {
    Operation {
        answers: Media::Lines,
        ..operation
    }
}

/// Every operation of `docs/protocol.md`.
pub(crate) const OPERATIONS: &[Operation] = &[
    Operation {
        creates: true,
        ..operation("PUT", LOG, Right::Admin, Kind::Write)
    },
    operation("GET", LOG, Right::Read, Kind::Read),
    operation("GET", HEAD, Right::Read, Kind::Read),
    operation("POST", APPEND, Right::Append, Kind::Write),
    operation("GET", APPEND, Right::Read, Kind::Read),
    operation("POST", EVENTS, Right::Read, Kind::Read),
    operation("GET", AGGREGATE, Right::Read, Kind::Read),
    operation("GET", AGGREGATE_EVENTS, Right::Read, Kind::Read),
    lines(operation("GET", APPENDS, Right::Read, Kind::Read)),
    operation("POST", APPENDS, Right::Admin, Kind::Write),
    lines(operation("GET", EXPORT, Right::Read, Kind::Stream)),
    operation("POST", IMPORT, Right::Admin, Kind::Scan),
    operation("GET", VERIFY, Right::Read, Kind::Scan),
    operation("GET", SNAPSHOT, Right::Snapshot, Kind::Read),
    operation("PUT", SNAPSHOT, Right::Snapshot, Kind::Write),
    operation("DELETE", SNAPSHOT, Right::Snapshot, Kind::Write),
    operation("GET", CHECKPOINT, Right::Read, Kind::Read),
    operation("PUT", CHECKPOINT, Right::Append, Kind::Write),
    lines(operation("POST", STREAM, Right::Read, Kind::Stream)),
];

pub(crate) const LOG: &str = "/v1/logs/{log}";
pub(crate) const HEAD: &str = "/v1/logs/{log}/head";
pub(crate) const APPEND: &str = "/v1/logs/{log}/append";
pub(crate) const EVENTS: &str = "/v1/logs/{log}/events";
pub(crate) const AGGREGATE: &str = "/v1/logs/{log}/aggregate";
pub(crate) const AGGREGATE_EVENTS: &str = "/v1/logs/{log}/aggregate/events";
pub(crate) const APPENDS: &str = "/v1/logs/{log}/appends";
pub(crate) const EXPORT: &str = "/v1/logs/{log}/export";
pub(crate) const IMPORT: &str = "/v1/logs/{log}/import";
pub(crate) const VERIFY: &str = "/v1/logs/{log}/verify";
pub(crate) const SNAPSHOT: &str = "/v1/logs/{log}/snapshot";
pub(crate) const STREAM: &str = "/v1/logs/{log}/stream";
pub(crate) const CHECKPOINT: &str = "/v1/logs/{log}/checkpoint";

/// The operation that a request asks for; HEAD asks for what GET does.
pub(crate) fn find(method: &Method, path: &str) -> Option<&'static Operation> {
    let method = if method == Method::HEAD { "GET" } else { method.as_str() };
    OPERATIONS
        .iter()
        .find(|operation| operation.method == method && operation.path == path)
}

impl Operation {
    /// Whether it changes something.
    pub(crate) fn writes(&self) -> bool {
        self.method != "GET" && !matches!(self.path, EVENTS | STREAM)
    }
}

/// What an operation is, for who holds it against a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OperationSummary {
    /// Its method.
    pub method: &'static str,
    /// Its path, with `{log}` for the log's name.
    pub path: &'static str,
    /// The right that it needs.
    pub right: Right,
}

/// Every operation that the server has on logs.
pub fn operations() -> impl Iterator<Item = OperationSummary> {
    OPERATIONS.iter().map(|operation| OperationSummary {
        method: operation.method,
        path: operation.path,
        right: operation.right,
    })
}
