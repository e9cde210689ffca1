//! The operations, each in a function: what of the request they take, what they ask the store, what they answer.

pub(super) mod append;
pub(super) mod checkpoint;
pub(super) mod log;
pub(super) mod read;
pub(super) mod snapshot;
pub(super) mod stream;
pub(super) mod transfer;
pub(super) mod verify;
