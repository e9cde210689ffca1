use std::time::Duration;

use serde_json::{Value, json};

/// What is measured at once.
pub(crate) struct Cell {
    /// How many append at the same time, each the next when it has the receipt of the last.
    pub(crate) writers: usize,
    /// Over how many logs.
    pub(crate) logs: usize,
    /// How many events an append has.
    pub(crate) events: usize,
}

/// What came of it.
pub(crate) struct Measured {
    /// The times of all appends.
    pub(crate) times: Vec<Duration>,
    /// From the first append to the last receipt.
    pub(crate) whole: Duration,
    /// Transactions of the database, where they can be counted.
    pub(crate) transactions: Option<u64>,
}

impl Cell {
    /// Every combination.
    pub(crate) fn all(writers: &[usize], logs: &[usize], events: &[usize]) -> Vec<Self> {
        let mut cells = Vec::new();
        for &logs in logs {
            for &events in events {
                cells.extend(writers.iter().map(|&writers| Self { writers, logs, events }));
            }
        }
        cells
    }

    /// The logs are the same for all cells of their number: a token names them.
    pub(crate) fn log_names(&self) -> impl Iterator<Item = String> + use<> {
        let logs = self.logs;
        (0..logs).map(move |log| format!("load-{logs}-{log}"))
    }
}

impl Measured {
    pub(crate) fn to_json(&self, layer: &str, cell: &Cell) -> Value {
        let mut times = self.times.clone();
        times.sort_unstable();
        let at = |percent: usize| {
            let index = times.len().saturating_sub(1) * percent / 100;
            times.get(index).map(|time| time.as_secs_f64() * 1_000.0)
        };
        #[expect(clippy::cast_precision_loss, reason = "counts of some seconds")]
        let rate = |count: usize| count as f64 / self.whole.as_secs_f64();
        json!({
            "layer": layer,
            "writers": cell.writers,
            "logs": cell.logs,
            "events": cell.events,
            "appends": times.len(),
            "appendsPerSecond": rate(times.len()),
            "eventsPerSecond": rate(times.len() * cell.events),
            "p50": at(50),
            "p99": at(99),
            "transactions": self.transactions,
        })
    }
}
