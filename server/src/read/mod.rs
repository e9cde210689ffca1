//! Reading by pages.

mod changed;
mod events;
mod find;
mod records;
mod statements;

pub(crate) use changed::changed;
pub(crate) use events::{read_aggregate, read_events};
pub(crate) use find::{aggregate, find_append};
pub(crate) use records::read_records;
