//! The server over HTTP, on a real PostgreSQL and real sockets.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod authentication;
mod binary;
mod conformance;
mod foreign_logs;
mod instances;
mod limits;
mod local;
mod malformed;
mod openapi;
mod operations;
mod operators;
mod rates;
mod shutdown;
mod streams;
#[path = "../postgres/support/mod.rs"]
#[allow(dead_code, unused_imports, reason = "what the other tests need as well")]
mod support;
mod tools;
