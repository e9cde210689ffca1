use std::{io, panic};

use clap::{Args, ValueEnum};
use tracing_subscriber::EnvFilter;

/// How it tells what it does, on the standard error.
#[derive(Args)]
pub(crate) struct Logging {
    /// The form of the lines.
    #[arg(long, env = "FOLDLOG_LOG_FORMAT", value_enum, default_value_t = Format::Text, global = true)]
    log_format: Format,
    /// What is told: `error`, `warn`, `info`, `debug`, or a filter such as `info,foldlog_server=debug`.
    #[arg(long, env = "FOLDLOG_LOG", default_value = "info", global = true)]
    log: String,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Libraries that would tell parameters of statements or heads of requests, whatever is asked for.
const QUIET: [&str; 4] = ["tokio_postgres=info", "hyper=info", "hyper_util=info", "h2=info"];

impl Logging {
    pub(crate) fn begin(&self) {
        let asked = EnvFilter::try_new(&self.log).unwrap_or_else(|_| EnvFilter::new("info"));
        let quiet = QUIET.iter().filter_map(|directive| directive.parse().ok());
        let filter = quiet.fold(asked, EnvFilter::add_directive);
        let lines = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(io::stderr);
        match self.log_format {
            Format::Text => lines.with_ansi(false).init(),
            Format::Json => lines
                .json()
                .flatten_event(true)
                .with_current_span(true)
                .with_span_list(false)
                .init(),
        }
        // The message of a panic may hold what a request sent; its place does not.
        panic::set_hook(Box::new(|info| {
            let place = info.location().map(ToString::to_string);
            tracing::error!(place, "a panic: a bug of the server");
        }));
    }
}
