//! The rules of a log: pure, synchronous, without IO, clock or randomness.
//!
//! Time and ids come in as arguments. Every backend calls this code inside its own transaction, so that a rule is written once.

pub mod append;
pub mod event;
pub mod fold;
pub mod read;
pub mod record;

mod head;
mod ids;
mod invalid;
mod json;
mod limits;
mod text;
mod timestamp;

pub use head::{Cursor, Head};
pub use ids::{Digest, Epoch, EventId, Link, command_event_id};
pub use invalid::{InvalidInput, InvalidKind};
pub use json::{JsonCursor, JsonError, JsonText, MAX_JSON_DEPTH, write_json_string};
pub use limits::{Limits, MAX_SAFE_INTEGER};
pub use text::{AggregateId, AggregateType, CheckpointName, EventType, Label, ReducerIdentity};
pub use timestamp::Timestamp;
