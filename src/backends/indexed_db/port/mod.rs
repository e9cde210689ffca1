//! The little of IndexedDB that this backend needs, as futures. Everything that touches the browser's API stands here.

mod failure;
mod open;
mod request;
mod signal;
mod transaction;
mod value;

pub(super) use failure::{Failure, FailureKind};
pub(super) use open::{Create, Opened, open_database};
pub(super) use request::request;
pub(super) use transaction::{Mode, Transaction};
pub(super) use value::{array, bytes, get, key_range_after, key_range_from, key_range_within, number, object, string};
