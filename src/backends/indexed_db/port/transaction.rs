use js_sys::{Array, Promise};
use wasm_bindgen::JsValue;

use super::{list, port};

/// A transaction of `port.js`, which documents each, with its arguments: it can be run again on another handle.
pub(crate) struct Transaction {
    name: &'static str,
    arguments: Array,
}

impl Transaction {
    fn new(name: &'static str, arguments: &[JsValue]) -> Self {
        Self {
            name,
            arguments: list(arguments),
        }
    }

    /// Begins it; the promise settles when it has ended.
    pub(crate) fn run(&self, database: &JsValue) -> Promise {
        port().run(database, self.name, &self.arguments)
    }

    pub(crate) fn read_tip(from: f64) -> Self {
        Self::new("readTip", &[from.into()])
    }

    pub(crate) fn ends_at(newest: f64) -> Self {
        Self::new("endsAt", &[newest.into()])
    }

    pub(crate) fn commit(newest: f64, value: JsValue, key: f64, durability: &str, wrong: u32) -> Self {
        Self::new(
            "commit",
            &[newest.into(), value, key.into(), durability.into(), wrong.into()],
        )
    }

    pub(crate) fn append_inside(from: f64, durability: &str, plan: &JsValue) -> Self {
        Self::new("appendInside", &[from.into(), durability.into(), plan.clone()])
    }

    pub(crate) fn look_up([aggregates, time_ordered, others]: [Array; 3]) -> Self {
        Self::new("lookUp", &[aggregates.into(), time_ordered.into(), others.into()])
    }

    pub(crate) fn scan(after: f64, limit: u32, newest: f64) -> Self {
        Self::new("scan", &[after.into(), limit.into(), newest.into()])
    }

    pub(crate) fn read_types(ranges: Array, limit: u32, after: f64, newest: f64) -> Self {
        Self::new("readTypes", &[ranges.into(), limit.into(), after.into(), newest.into()])
    }

    pub(crate) fn read_aggregate(lower: &str, upper: &str, limit: u32, newest: f64) -> Self {
        Self::new(
            "readAggregate",
            &[lower.into(), upper.into(), limit.into(), newest.into()],
        )
    }

    pub(crate) fn seal(known: Option<&str>, sealed: &str, last_key: f64, writes: Array, durability: &str) -> Self {
        Self::new(
            "seal",
            &[
                known.into(),
                sealed.into(),
                last_key.into(),
                writes.into(),
                durability.into(),
            ],
        )
    }

    pub(crate) fn compare(writes: Array) -> Self {
        Self::new("compare", &[writes.into()])
    }

    pub(crate) fn compare_unsealed(value: JsValue, key: f64) -> Self {
        Self::new("compareUnsealed", &[value, key.into()])
    }

    pub(crate) fn count_derived() -> Self {
        Self::new("countDerived", &[])
    }

    pub(crate) fn import_record(newest: f64, value: JsValue, key: f64, mirror: Option<bool>, durability: &str) -> Self {
        Self::new(
            "importRecord",
            &[newest.into(), value, key.into(), mirror.into(), durability.into()],
        )
    }

    pub(crate) fn get_value(store: &str, key: &str) -> Self {
        Self::new("getValue", &[store.into(), key.into()])
    }

    pub(crate) fn put_value(store: &str, key: &str, value: Option<&str>) -> Self {
        Self::new("putValue", &[store.into(), key.into(), value.into()])
    }

    pub(crate) fn exchange(store: &str, key: &str, from: Option<&str>, to: &str) -> Self {
        Self::new("exchange", &[store.into(), key.into(), from.into(), to.into()])
    }
}
