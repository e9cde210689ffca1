//! Live streams of a log to many subscribers, from memory.
//!
//! One task a log and instance, the *follower*, reads each new event from the database once and keeps the newest in a *ring*. A stream reads
//! pages until it reaches the ring, then goes on from there; one that falls behind reads pages again.

#[expect(
    clippy::module_inception,
    reason = "the folder is about the fan-out, the file is the fan-out"
)]
mod fanout;
mod follower;
mod options;
mod proof;
mod ring;
mod stream;
mod subscriber;

pub use fanout::{Fanout, FanoutStats};
pub use options::FanoutOptions;
pub use stream::{EndReason, EventStream, StreamItem, StreamRequest};
