use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use foldlog::{
    core::append::GivenExpectations, engine::EventStore, environment::system, storage::Storage, testing::event,
};

use crate::{
    Outcome,
    cell::{Cell, Measured},
};

/// About 200 bytes, as a wallet's event has them.
const DATA: &str = r#"{"amount":"10.00","currency":"EUR","reference":"2026-11-24-000001","counterparty":"5f0c8a2e-9d3b-4c61-8f7a-2b1e0d9c8a7f","note":"a payload of about two hundred bytes, as the event of a wallet has it"}"#;

/// Lets the writers of a cell append for so long. Writer `n` uses store `n`, or one that it shares, and an aggregate of its own; with more
/// logs than writers it goes round all of its logs.
pub(crate) async fn run<S: Storage + Send + Sync>(
    cell: &Cell,
    stores: &[Arc<EventStore<S>>],
    duration: Duration,
) -> Outcome<Measured>
where
    EventStore<S>: Send + Sync,
{
    let begun = Instant::now();
    let mut running = Vec::new();
    for writer in 0..cell.writers {
        let own: Vec<_> = stores
            .iter()
            .skip(writer % stores.len())
            .step_by(cell.writers)
            .cloned()
            .collect();
        let (aggregate, events) = (format!("{writer}-{}", system().mint_event_id()), cell.events);
        running.push(tokio::spawn(async move {
            let mut times = Vec::new();
            for store in own.iter().cycle() {
                let append = (0..events).map(|_| event(&aggregate, DATA)).collect();
                let asked = Instant::now();
                let receipt = store.append(append, GivenExpectations::any()).await;
                receipt.map_err(|error| error.to_string())?;
                times.push(asked.elapsed());
                if begun.elapsed() >= duration {
                    break;
                }
            }
            Ok::<_, String>(times)
        }));
    }
    let mut times = Vec::new();
    for writer in running {
        times.extend(writer.await??);
    }
    Ok(Measured {
        times,
        whole: begun.elapsed(),
        transactions: None,
    })
}
