//! `foldlog-server`: the server, and the tools of who runs it.

mod database;
mod keys;
mod logging;
mod serve;
mod token;
mod tools;
mod units;

use std::{error::Error, process::ExitCode};

use clap::{Parser, Subcommand};

/// Foldlog's logs in PostgreSQL, over HTTP.
///
/// Every option can also be given in the environment, by the name that stands beside it.
#[derive(Parser)]
#[command(name = "foldlog-server", version, arg_required_else_help = true)]
struct Arguments {
    #[command(flatten)]
    logging: logging::Logging,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Answer requests until SIGTERM or SIGINT.
    Serve(Box<serve::Serve>),
    /// Make the schema, or bring it up to date, as the role that is to own it.
    Migrate(tools::Migrate),
    /// Prove a log: recompute every digest and link.
    Verify(tools::Verify),
    /// Write a log as JSON Lines.
    Export(tools::Export),
    /// Read what `export` wrote.
    Import(tools::Import),
    /// Set a log back to an earlier point, in a new epoch; what stood behind it is archived.
    Restore(tools::Restore),
    /// Sign a token with a secret of HS256, to try things out.
    Token(token::Token),
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    arguments.logging.begin();
    let done = match arguments.command {
        Command::Serve(serve) => serve.run().await,
        Command::Migrate(migrate) => migrate.run().await,
        Command::Verify(verify) => verify.run().await,
        Command::Export(export) => export.run().await,
        Command::Import(import) => import.run().await,
        Command::Restore(restore) => restore.run().await,
        Command::Token(token) => token.run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("foldlog-server: {}", described(&*error));
            ExitCode::FAILURE
        }
    }
}

/// An error with what it comes from.
fn described(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
