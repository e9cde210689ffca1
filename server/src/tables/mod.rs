//! Rows and what they say.

mod checkpoints;
mod events;
mod places;
mod rows;
mod snapshots;

pub(crate) use checkpoints::{read_checkpoint, save_checkpoint};
pub(crate) use events::event_of;
pub(crate) use places::{gone, head, head_of, info, place};
pub(crate) use rows::{array, durability_of, from_number, number, number_of, parsed, time, time_of, uuid};
pub(crate) use snapshots::{delete_snapshot, read_snapshot, save_snapshot};
