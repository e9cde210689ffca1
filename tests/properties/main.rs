//! Properties of the core, held against naive models and against `serde_json`.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]
#![cfg(not(all(target_family = "wasm", target_os = "unknown")))]

mod expectations;
mod filter;
mod json;
mod planner;
mod records;
mod samples;
mod wire;
