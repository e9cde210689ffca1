//! The bindings of the npm package: they translate and decide nothing. `abi.d.ts` describes them.
//!
//! Every method takes `&self`, and no borrow is held across an await, so that calls may overlap as they like.

#![allow(
    missing_docs,
    unreachable_pub,
    reason = "abi.d.ts documents what is exported, and JavaScript reaches it"
)]

mod allocator;
mod any_storage;
mod arguments;
mod event_ids;
mod failure;
#[cfg(any(feature = "indexed-db", feature = "remote"))]
mod open_options;
mod operations;
mod results;
mod store;
mod subscribe_from;
mod subscription;
mod transfer;
