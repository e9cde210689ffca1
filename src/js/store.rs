use std::{rc::Rc, sync::Arc};

use js_sys::{Array, Promise};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::future_to_promise;

use super::{
    any_storage::AnyStorage,
    arguments::Arguments,
    failure::Failure,
    operations::{self, Pending, Store},
};
#[cfg(feature = "indexed-db")]
use crate::backends::indexed_db::IndexedDbStorage;
#[cfg(feature = "remote")]
use crate::backends::remote::{RemoteStorage, fetch::Fetch};
use crate::{
    backends::memory::MemoryStorage,
    core::Limits,
    engine::EventStore,
    environment::{Environment, Surroundings},
};

#[wasm_bindgen]
pub struct RawStore {
    store: Rc<Store>,
}

#[wasm_bindgen]
impl RawStore {
    pub fn memory(surroundings: Surroundings) -> Self {
        let environment: Arc<dyn Environment> = Arc::new(surroundings);
        Self::new(
            AnyStorage::Memory(MemoryStorage::new(Arc::clone(&environment))),
            environment,
        )
    }

    #[cfg(feature = "indexed-db")]
    #[wasm_bindgen(js_name = indexedDb)]
    pub fn indexed_db(name: String, options: &str, surroundings: Surroundings) -> Promise {
        let options = super::open_options::read_indexed_db_options(options);
        promise(options.map_err(Failure::from).map(|options| -> Pending {
            Box::pin(async move {
                let environment: Arc<dyn Environment> = Arc::new(surroundings);
                let opening = IndexedDbStorage::open(&name, options, Arc::clone(&environment));
                Ok(Self::new(AnyStorage::IndexedDb(opening.await?), environment).into())
            })
        }))
    }

    #[cfg(feature = "remote")]
    pub fn remote(url: &str, log: String, token: &JsValue, options: &str, surroundings: Surroundings) -> Promise {
        let transport = Fetch::new(url, token);
        let options = super::open_options::read_remote_options(options);
        promise(options.map_err(Failure::from).map(|(options, expected)| -> Pending {
            Box::pin(async move {
                let environment: Arc<dyn Environment> = Arc::new(surroundings);
                let opening = RemoteStorage::open(transport, &log, options, Arc::clone(&environment));
                let opened = Self::new(AnyStorage::Remote(opening.await?), environment);
                if let Some(expected) = expected {
                    opened.store.check_place(&expected).await?;
                }
                Ok(opened.into())
            })
        }))
    }

    pub fn run(&self, operation: &str, arguments: &Array) -> Promise {
        promise(operations::begin(
            operation,
            Rc::clone(&self.store),
            &Arguments(arguments),
        ))
    }
}

impl RawStore {
    fn new(storage: AnyStorage, environment: Arc<dyn Environment>) -> Self {
        Self {
            store: Rc::new(EventStore::new(storage, environment, Limits::default())),
        }
    }
}

/// The promise of what has begun, or of the refusal.
pub(super) fn promise(begun: Result<Pending, Failure>) -> Promise {
    match begun {
        Ok(pending) => future_to_promise(async move { pending.await.map_err(JsValue::from) }),
        Err(refusal) => Promise::reject(&refusal.into()),
    }
}
