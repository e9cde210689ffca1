//! The log on a server, over HTTP: `docs/protocol.md` has the requests.
//!
//! What is sent, sent again and made of an answer is decided here; a [`Transport`] only carries it.

#[cfg(all(feature = "remote", target_family = "wasm", target_os = "unknown"))]
pub mod fetch;
#[cfg(all(feature = "http", not(all(target_family = "wasm", target_os = "unknown"))))]
pub mod http;

mod call;
mod log;
mod news;
mod open;
mod options;
mod queue;
mod retry;
mod seen;
mod storage;
mod transport;
mod url;

pub use options::RemoteOptions;
pub use storage::RemoteStorage;
pub use transport::{OnReach, Request, Response, Transport, TransportError, TransportErrorKind};
