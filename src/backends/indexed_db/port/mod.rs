//! The way to the browser's API: `port.js` holds the transactions, `page.js` the rest, and this module names them for Rust.

mod failure;
mod value;

use js_sys::{Array, Promise};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

pub(super) use failure::{Failure, FailureKind};
pub(super) use value::{array, as_f64, bytes, get, number, object, string, strings};

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

    #[wasm_bindgen(method, js_name = openDatabase)]
    pub(super) fn open_database(
        this: &Port,
        name: &str,
        format: f64,
        genesis: &JsValue,
        patience: f64,
        lost: &JsValue,
    ) -> Promise;
    #[wasm_bindgen(method, js_name = isComplete)]
    pub(super) fn is_complete(this: &Port, database: &JsValue) -> bool;
    #[wasm_bindgen(method)]
    pub(super) fn release(this: &Port, database: &JsValue);

    #[wasm_bindgen(method, js_name = readTip)]
    pub(super) fn read_tip(this: &Port, database: &JsValue, from: f64) -> Promise;
    #[wasm_bindgen(method, js_name = endsAt)]
    pub(super) fn ends_at(this: &Port, database: &JsValue, newest: f64) -> Promise;
    #[wasm_bindgen(method)]
    pub(super) fn commit(
        this: &Port,
        database: &JsValue,
        newest: f64,
        value: &JsValue,
        key: f64,
        durability: &str,
        wrong: u32,
    ) -> Promise;
    #[wasm_bindgen(method, js_name = appendInside)]
    pub(super) fn append_inside(
        this: &Port,
        database: &JsValue,
        from: f64,
        durability: &str,
        plan: &JsValue,
    ) -> Promise;

    #[wasm_bindgen(method, js_name = lookUp)]
    pub(super) fn look_up(
        this: &Port,
        database: &JsValue,
        aggregates: &Array,
        time_ordered: &Array,
        others: &Array,
    ) -> Promise;
    #[wasm_bindgen(method)]
    pub(super) fn scan(this: &Port, database: &JsValue, after: f64, limit: u32, newest: f64) -> Promise;
    #[wasm_bindgen(method, js_name = readTypes)]
    pub(super) fn read_types(
        this: &Port,
        database: &JsValue,
        ranges: &Array,
        limit: u32,
        after: f64,
        newest: f64,
    ) -> Promise;
    #[wasm_bindgen(method, js_name = readAggregate)]
    pub(super) fn read_aggregate(
        this: &Port,
        database: &JsValue,
        lower: &str,
        upper: &str,
        limit: u32,
        newest: f64,
    ) -> Promise;
    #[wasm_bindgen(method)]
    pub(super) fn seal(
        this: &Port,
        database: &JsValue,
        known: &JsValue,
        sealed: &JsValue,
        last_key: f64,
        writes: &Array,
    ) -> Promise;

    #[wasm_bindgen(method, js_name = getValue)]
    pub(super) fn get_value(this: &Port, database: &JsValue, store: &str, key: &str) -> Promise;
    #[wasm_bindgen(method, js_name = putValue)]
    pub(super) fn put_value(this: &Port, database: &JsValue, store: &str, key: &str, value: Option<&str>) -> Promise;
    #[wasm_bindgen(method)]
    pub(super) fn exchange(
        this: &Port,
        database: &JsValue,
        store: &str,
        key: &str,
        from: Option<&str>,
        to: &str,
    ) -> Promise;
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
