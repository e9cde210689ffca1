//! HTTP: `docs/protocol.md` over a database of logs.
//!
//! A request passes `observe` (an id, a line in the log, numbers), then `gate` (who calls, how often, which log, whether it is theirs), then
//! its route. What an operation needs of those two stands in `operations`; a route that is not there cannot be reached.

mod accept;
mod answer;
mod body;
mod call;
mod connections;
mod gate;
mod lines;
mod local;
mod log_hash;
mod metrics;
mod observe;
mod open_logs;
mod operations;
mod ops;
mod options;
mod path;
mod problem;
mod query;
mod router;
mod routes;
mod server;
mod service;
mod stream_room;

use answer::Answer;
use call::Call;
use open_logs::OpenLogs;
pub use operations::{OperationSummary, operations};
pub use options::HttpOptions;
use problem::Problem;
use query::Query;
pub use server::{HttpServer, StartError};
use service::Service;
