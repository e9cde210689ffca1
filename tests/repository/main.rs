//! Load, save and execute, also on a storage that fails as it is told to.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]
#![cfg(not(all(target_family = "wasm", target_os = "unknown")))]

mod bench;
mod executing;
mod loading;
mod saving;
mod unknown_outcomes;
