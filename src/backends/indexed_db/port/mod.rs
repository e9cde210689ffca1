//! The way to the browser's API: `port.js` holds the transactions, `values.js` what they tell of values, `databases.js` opens, `page.js` has
//! the rest, and this module names them for Rust.

mod failure;
mod transaction;
mod value;

use js_sys::{Array, Promise};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

pub(super) use failure::{Failure, FailureKind};
pub(super) use transaction::Transaction;
pub(super) use value::{array, as_f64, bytes, get, list, number, object, string};

/// The functions of `port.js`.
pub(super) fn port() -> Port {
    PORT.with(Clone::clone)
}

#[wasm_bindgen(module = "/src/backends/indexed_db/port/port.js")]
extern "C" {
    #[derive(Clone)]
    pub(super) type Port;
    #[wasm_bindgen(thread_local_v2, js_name = port)]
    static PORT: Port;

    #[wasm_bindgen(method)]
    fn run(this: &Port, database: &JsValue, name: &str, arguments: &Array) -> Promise;
}

#[wasm_bindgen(module = "/src/backends/indexed_db/port/values.js")]
extern "C" {
    // Only `port.js` imports it; what no module of Rust names is not put into the package.
    fn checksum(text: &str) -> u32;
}

/// The functions of `databases.js`.
pub(super) fn databases() -> Databases {
    DATABASES.with(Clone::clone)
}

#[wasm_bindgen(module = "/src/backends/indexed_db/port/databases.js")]
extern "C" {
    #[derive(Clone)]
    pub(super) type Databases;
    #[wasm_bindgen(thread_local_v2, js_name = databases)]
    static DATABASES: Databases;

    #[wasm_bindgen(method)]
    pub(super) fn open(
        this: &Databases,
        name: &str,
        format: f64,
        genesis: &JsValue,
        patience: f64,
        lost: &JsValue,
    ) -> Promise;
    #[wasm_bindgen(method, js_name = isComplete)]
    pub(super) fn is_complete(this: &Databases, database: &JsValue) -> bool;
    #[wasm_bindgen(method)]
    pub(super) fn release(this: &Databases, database: &JsValue);
}

/// The functions of `page.js`.
pub(super) fn page() -> Page {
    PAGE.with(Clone::clone)
}

#[wasm_bindgen(module = "/src/backends/indexed_db/port/page.js")]
extern "C" {
    #[derive(Clone)]
    pub(super) type Page;
    #[wasm_bindgen(thread_local_v2, js_name = page)]
    static PAGE: Page;

    #[wasm_bindgen(method, js_name = storageState)]
    pub(super) fn storage_state(this: &Page) -> Promise;

    #[wasm_bindgen(method, js_name = canBeStrict)]
    pub(super) fn can_be_strict(this: &Page) -> bool;

    #[wasm_bindgen(method)]
    pub(super) fn listen(this: &Page, name: &str, wake: &JsValue) -> Listener;

    /// News from and to other tabs.
    pub(super) type Listener;
    #[wasm_bindgen(method)]
    pub(super) fn announce(this: &Listener, last: f64);
    #[wasm_bindgen(method, js_name = isHidden)]
    pub(super) fn is_hidden(this: &Listener) -> bool;
    #[wasm_bindgen(method)]
    pub(super) fn stop(this: &Listener);
}
