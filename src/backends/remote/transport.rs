use std::{sync::Arc, time::Duration};

use crate::{
    environment::BoxFuture,
    maybe_send::{MaybeSend, MaybeSync},
    storage::Cause,
};

/// What carries requests to a server, with a token, and answers back. It decides nothing.
pub trait Transport: MaybeSend + MaybeSync + 'static {
    /// Sends a request once. With `fresh_token` the token is asked for anew, if there is somebody to ask.
    fn send(&self, request: &Request, fresh_token: bool) -> BoxFuture<Result<Response, TransportError>>;

    /// Sends a request whose answer is a stream, and tells `on_reach` the sequence number of each line's cursor; completes when the stream
    /// has ended, with what was answered. What is told from elsewhere meanwhile, such as another tab's stream, is as good.
    fn stream(
        &self,
        request: &Request,
        fresh_token: bool,
        on_reach: OnReach,
    ) -> BoxFuture<Result<Response, TransportError>>;

    /// Runs work that nobody waits for.
    fn spawn(&self, work: BoxFuture<()>);

    /// Ends streams under way.
    fn close(&self);
}

/// What is told how far the log reaches.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub type OnReach = Arc<dyn Fn(u64) + Send + Sync>;
/// What is told how far the log reaches.
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub type OnReach = Arc<dyn Fn(u64)>;

/// A request of the protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: &'static str,
    /// The path below the server's address, and the query.
    pub path: String,
    /// The body; empty for none.
    pub body: String,
    /// Whether the body is lines of JSON, and not one value.
    pub is_lines: bool,
    /// How long the answer may take; for a stream how long it may be silent.
    pub timeout: Duration,
}

/// An answer, whatever its status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The whole body; of a stream nothing.
    pub body: String,
    /// What `Retry-After` says.
    pub retry_after: Option<Duration>,
}

/// Why there is no answer.
#[derive(Clone, Debug)]
pub struct TransportError {
    /// What went wrong.
    pub kind: TransportErrorKind,
    /// What the platform said.
    pub cause: Option<Cause>,
}

/// What can go wrong between a client and a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransportErrorKind {
    /// The server was not reached, or the answer was lost or cut: the request may have been done.
    Network,
    /// There was no whole answer in time: the request may have been done.
    Timeout,
    /// There is no token: nothing was sent.
    Token,
}
