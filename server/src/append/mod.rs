//! Appends and imports: what one transaction reads, plans and writes.

mod attempt;
mod facts;
mod import;
mod queue;
mod transaction;
mod write;

pub(crate) use facts::{aggregate_state, stored_appends};
pub(crate) use import::import;
pub(crate) use queue::{Pending, enqueue, until_idle};
