//! The log in one IndexedDB database: any tab or worker appends, without a leader.
//!
//! `docs/storage-format.md` gives the layout; `docs/ARCHITECTURE.md` follows an append and a read through it.

mod append;
mod attempt;
mod connection;
mod copies;
mod facts;
mod health;
mod hints;
mod import;
mod log;
mod open;
mod options;
mod port;
mod read;
mod read_aggregate;
mod read_backward;
mod read_by_type;
mod read_records;
mod record_with;
mod schema;
mod seal;
mod sealed;
mod side_stores;
mod storage;
mod tip;
mod tip_loader;
mod trouble;
mod work;

#[cfg(feature = "testing")]
pub use options::Sabotage;
pub use options::{IndexedDbDurability, IndexedDbOptions};
pub use storage::IndexedDbStorage;

/// What the browser threw, if this error of the storage carries it.
#[cfg(feature = "js")]
pub(crate) fn thrown_value(cause: &(dyn std::error::Error + 'static)) -> Option<wasm_bindgen::JsValue> {
    cause
        .downcast_ref::<port::Failure>()
        .map(|failure| failure.value.clone())
}
