//! The remote backend against a server in this process: the conformance suite, over a good line and a bad one, and what it does when
//! the server is not what it was.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]
#![cfg(not(all(target_family = "wasm", target_os = "unknown")))]

mod conformance;
mod fixture;
mod line;
mod outcomes;
mod rewound;
mod server;
