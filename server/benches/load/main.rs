//! How much the server takes: at the seam and through HTTP, for some numbers of writers. Measures, and judges nothing.
//!
//! `cargo xtask load` starts what it needs and calls it: `load seam|http`, the rest in the environment. Each line that it prints is a
//! JSON object.

mod cell;
mod writers;

use std::{env, error::Error, sync::Arc, time::Duration};

use cell::{Cell, Measured};
use foldlog::{
    backends::remote::{
        RemoteOptions, RemoteStorage,
        http::{Http, Token},
    },
    core::Limits,
    engine::EventStore,
    environment::system,
    storage::Storage,
};
use foldlog_server::{LogName, OpenLog, PostgresDatabase, PostgresOptions};

type Outcome<T> = Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let layer = env::args().nth(1).unwrap_or_default();
    for cell in Cell::all(&list("LOAD_WRITERS")?, &list("LOAD_LOGS")?, &list("LOAD_EVENTS")?) {
        let duration = Duration::from_millis(list("LOAD_MILLISECONDS")?[0]);
        let measured = match layer.as_str() {
            "seam" => seam(&cell, duration).await?,
            "http" => http(&cell, duration).await?,
            // `cargo bench` and `cargo test` call it without one.
            _ => return Ok(()),
        };
        println!("{}", measured.to_json(&layer, &cell));
    }
    Ok(())
}

/// In process: one handle a log, as the server has it.
async fn seam(cell: &Cell, duration: Duration) -> Outcome<Measured> {
    let options = PostgresOptions {
        pool_size: 32,
        ..PostgresOptions::new(env::var("LOAD_DSN")?)
    };
    let database = PostgresDatabase::connect(options, system()).await?;
    let mut stores = Vec::new();
    for name in cell.log_names() {
        let name = LogName::parse(&name)?;
        stores.push(store(database.open_log(name, OpenLog { create: true }).await?));
    }
    let before = database.counters();
    let mut measured = writers::run(cell, &stores, duration).await?;
    let after = database.counters();
    measured.transactions = Some(after.groups - before.groups);
    Ok(measured)
}

/// Through HTTP: each writer is a client of its own, with connections of its own.
async fn http(cell: &Cell, duration: Duration) -> Outcome<Measured> {
    let (address, token) = (env::var("LOAD_URL")?, env::var("LOAD_TOKEN")?);
    let names: Vec<_> = cell.log_names().collect();
    let mut stores = Vec::new();
    for writer in 0..cell.writers.max(names.len()) {
        let transport = Http::new(&address, Token::Fixed(token.clone()))?;
        let options = RemoteOptions {
            create: true,
            ..RemoteOptions::default()
        };
        let name = &names[writer % names.len()];
        stores.push(store(RemoteStorage::open(transport, name, options, system()).await?));
    }
    writers::run(cell, &stores, duration).await
}

fn store<S: Storage>(storage: S) -> Arc<EventStore<S>> {
    Arc::new(EventStore::new(storage, system(), Limits::default()))
}

/// Numbers with commas.
fn list<T: std::str::FromStr>(name: &str) -> Outcome<Vec<T>>
where
    T::Err: Error + 'static,
{
    let text = env::var(name).map_err(|_| format!("{name} is not set: run `cargo xtask load`"))?;
    text.split(',').map(|number| Ok(number.parse()?)).collect()
}
