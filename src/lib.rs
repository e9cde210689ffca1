#![doc = include_str!("../README.md")]

pub mod backends;
pub mod core;
pub mod engine;
pub mod environment;
#[cfg(all(feature = "js", target_family = "wasm", target_os = "unknown"))]
mod js;
pub mod maybe_send;
pub mod storage;
#[cfg(feature = "testing")]
pub mod testing;
pub mod wire;
