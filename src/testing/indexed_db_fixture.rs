use std::{cell::Cell, sync::Arc};

use js_sys::{Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use super::{Fixture, TestEnvironment};
use crate::{
    backends::indexed_db::{IndexedDbOptions, IndexedDbStorage},
    core::append::Durability,
    environment::{Environment, system},
    storage::StorageError,
};

/// A log in an IndexedDB database of its own, which seals as usual or, with `SEAL_EVENTS` above 0, already at so many events.
pub struct IndexedDbFixture<const SEAL_EVENTS: usize = 0> {
    name: String,
    environment: Arc<TestEnvironment>,
}

impl<const SEAL_EVENTS: usize> Fixture for IndexedDbFixture<SEAL_EVENTS> {
    type Storage = IndexedDbStorage;

    async fn new() -> Self {
        thread_local! { static NUMBER: Cell<u64> = const { Cell::new(0) }; }
        let number = NUMBER.get() + 1;
        NUMBER.set(number);
        // Apart from the databases of earlier runs in the same profile.
        let run = system().mint_event_id();
        let environment = TestEnvironment::sleeping_in(system(), number);
        Self {
            name: format!("conformance-{run}-{number}"),
            environment,
        }
    }

    fn environment(&self) -> Arc<TestEnvironment> {
        Arc::clone(&self.environment)
    }

    async fn open(&self) -> Result<IndexedDbStorage, StorageError> {
        let options = IndexedDbOptions {
            seal_events: (SEAL_EVENTS > 0).then_some(SEAL_EVENTS),
            ..IndexedDbOptions::default()
        };
        IndexedDbStorage::open(
            &self.name,
            options,
            Arc::clone(&self.environment) as Arc<dyn Environment>,
        )
        .await
    }

    fn durability(&self) -> Durability {
        Durability::Strict
    }

    async fn maintain(&self, storage: &IndexedDbStorage) {
        storage.seal().await.unwrap();
    }

    async fn remove(self) {
        // Handles that are still open close when they hear of it; nobody waits for that.
        let factory = Reflect::get(&js_sys::global(), &JsValue::from_str("indexedDB")).unwrap();
        let delete = Reflect::get(&factory, &JsValue::from_str("deleteDatabase")).unwrap();
        delete
            .unchecked_into::<Function>()
            .call1(&factory, &JsValue::from_str(&self.name))
            .unwrap();
    }
}
