//! `PostgresStorage` on a real PostgreSQL, which is started once for all of these tests.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod conformance;
mod fanout;
mod faults;
mod immutable;
mod indexes;
mod instances;
mod lost_connections;
mod migrations;
mod model;
mod options;
mod restore;
mod separate_logs;
mod support;
mod timings;
