//! The bodies of `docs/protocol.md`, each in both directions, for the remote backend and the server.
//!
//! Pure and synchronous. A reader takes what a stranger sent: it refuses whatever does not fit, and cuts texts of events without
//! decoding their payloads.

mod aggregate;
mod append;
mod body;
mod checkpoint;
mod log_info;
mod page;
mod places;
mod problem;
mod read_events;
mod receipt;
mod received;
mod records;
mod stored_append;
mod stream;

pub use aggregate::{read_aggregate, write_aggregate};
pub use append::{read_append, write_append};
pub use checkpoint::{read_checkpoint, read_checkpoint_move, write_checkpoint, write_checkpoint_move};
pub use log_info::{LogInfo, read_log_info, write_log_info};
pub use page::{read_page, write_page};
pub use places::{read_head, read_place, read_snapshot, write_place, write_snapshot};
pub use problem::Problem;
pub use read_events::{read_read_events, write_read_events};
pub use receipt::read_receipt;
pub use received::ReceivedProblem;
pub use records::{read_import, read_records, write_import, write_records};
pub use stored_append::{read_stored_append, write_stored_append};
pub use stream::{StreamEnd, StreamFrom, StreamLine, StreamRequest};
