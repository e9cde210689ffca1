use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use web_sys::{Event, IdbDatabase, IdbObjectStore, IdbRequest, IdbTransaction};

use super::{Failure, FailureKind, request::failure_of, signal::Signal, value::object};

/// What a transaction may do, and how safe its writes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Read,
    WriteRelaxed,
    WriteStrict,
}

/// A transaction whose end can be awaited.
///
/// Only requests of this transaction may be awaited while it is open: anything else lets the browser commit it.
pub(crate) struct Transaction {
    raw: IdbTransaction,
    ended: Signal<bool>,
    handler: Closure<dyn FnMut(Event)>,
}

impl Transaction {
    pub(crate) fn begin(database: &IdbDatabase, stores: &[&str], mode: Mode) -> Result<Self, Failure> {
        let names: Array = stores.iter().map(|name| JsValue::from_str(name)).collect();
        let (access, durability) = match mode {
            Mode::Read => ("readonly", "default"),
            Mode::WriteRelaxed => ("readwrite", "relaxed"),
            Mode::WriteStrict => ("readwrite", "strict"),
        };
        let options = object([("durability", JsValue::from_str(durability))]);
        let raw = database
            .unchecked_ref::<Database>()
            .transaction(&names, access, &options)?;
        let ended = Signal::new();
        let handler = {
            let ended = ended.clone();
            Closure::new(move |event: Event| ended.set(event.type_() == "complete"))
        };
        raw.set_oncomplete(Some(handler.as_ref().unchecked_ref()));
        raw.set_onabort(Some(handler.as_ref().unchecked_ref()));
        Ok(Self { raw, ended, handler })
    }

    pub(crate) fn store(&self, name: &str) -> Result<IdbObjectStore, Failure> {
        Ok(self.raw.object_store(name)?)
    }

    /// Asks for the commit right away instead of after the last request. Only for exactly one write request: in Firefox a request
    /// that fails after this call does not undo the others.
    pub(crate) fn commit(&self) -> Result<(), Failure> {
        Ok(self.raw.unchecked_ref::<CommittableTransaction>().commit()?)
    }

    /// Gives the transaction up; nothing of it is stored.
    pub(crate) fn abort(&self) {
        // It fails only if the transaction has ended, and then there is nothing to give up.
        drop(self.raw.abort());
    }

    /// Waits until everything is stored, or says why nothing is. `write` is the request to ask for the reason where the
    /// transaction has none: WebKit forgets it after an explicit commit.
    pub(crate) async fn completed(&self, write: Option<&IdbRequest>) -> Result<(), Failure> {
        if self.ended.wait().await {
            return Ok(());
        }
        if let Some(exception) = self.raw.error() {
            return Err(Failure::from_js(exception.into()));
        }
        Err(write.map_or_else(|| Failure::new(FailureKind::Lost), failure_of))
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        // The handlers go before the closure that they call.
        self.raw.set_oncomplete(None);
        self.raw.set_onabort(None);
        let _ = &self.handler;
    }
}

// Not in web-sys without its unstable interfaces, though every browser has them: durability and the explicit commit.
#[wasm_bindgen]
extern "C" {
    type Database;
    #[wasm_bindgen(method, catch)]
    fn transaction(this: &Database, stores: &Array, mode: &str, options: &JsValue) -> Result<IdbTransaction, JsValue>;

    type CommittableTransaction;
    #[wasm_bindgen(method, catch)]
    fn commit(this: &CommittableTransaction) -> Result<(), JsValue>;
}
