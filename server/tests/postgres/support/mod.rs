//! A PostgreSQL of these tests' own, and logs in it.

mod fixture;
mod server;

pub(crate) use fixture::{PostgresFixture, log_name, open, options, runtime};
pub(crate) use server::{Server, Setup, begin, server};
