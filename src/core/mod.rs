//! The rules of a log: pure, synchronous, without IO, clock or randomness.
//!
//! Time and ids come in as arguments. Every backend calls this code inside its own transaction, so that a rule is written once.

pub mod append;
pub mod event;
pub mod export;
pub mod fold;
pub mod read;
pub mod record;

mod head;
mod ids;
mod index_map;
mod invalid;
mod json;
mod limits;
mod sorted;
mod text;
mod timestamp;

pub use head::{Cursor, Head};
pub use ids::{Digest, Epoch, EventId, Link, command_event_id};
pub(crate) use index_map::{IndexMap, Key};
pub use invalid::{InvalidInput, InvalidInputDetails, InvalidKind};
pub use json::{JsonCursor, JsonError, JsonText, MAX_JSON_DEPTH, write_json_string};
pub use limits::{Limits, MAX_SAFE_INTEGER};
pub(crate) use sorted::sorted;
pub use text::{AggregateId, AggregateType, CheckpointName, EventType, Label, ReducerIdentity};
pub use timestamp::Timestamp;
