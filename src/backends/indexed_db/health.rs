use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::{
    log::Log,
    options::IndexedDbDurability,
    port::{get, number},
};
use crate::storage::Health;

/// How the log is kept, as far as the browser tells.
pub(super) async fn health(log: &Log) -> Health {
    let persisted = ask("persisted").await.and_then(|answer| answer.as_bool());
    let quota = ask("estimate").await.and_then(|estimate| {
        let usage = number(&JsValue::from_f64(get(&estimate, "usage").as_f64()?.floor()))?;
        let limit = number(&JsValue::from_f64(get(&estimate, "quota").as_f64()?.floor()))?;
        Some((usage, limit))
    });
    let handle = match (log.is_closed.get(), log.read_only.borrow().is_some()) {
        (true, _) => "closed",
        (false, true) => "read_only",
        (false, false) => log.connection.state(),
    };
    Health {
        backend: "indexed_db",
        durability: match log.options.durability {
            IndexedDbDurability::Relaxed => "relaxed",
            IndexedDbDurability::Strict => "strict",
        },
        persisted,
        quota,
        eviction_risk: eviction_risk(persisted, quota),
        handle,
        last_error: log.last_error.get(),
    }
}

/// Storage that is not persisted may be evicted at any time; it is likely when the disk is nearly full.
fn eviction_risk(persisted: Option<bool>, quota: Option<(u64, u64)>) -> &'static str {
    let nearly_full = quota.is_some_and(|(used, limit)| used > limit / 10 * 8);
    match (persisted, nearly_full) {
        (Some(true), _) => "none",
        (_, true) => "high",
        _ => "low",
    }
}

/// Calls a method of `navigator.storage`, which windows and workers have and others may not.
async fn ask(method: &str) -> Option<JsValue> {
    let storage = get(&get(&js_sys::global(), "navigator"), "storage");
    let answer = get(&storage, method)
        .dyn_into::<Function>()
        .ok()?
        .call0(&storage)
        .ok()?;
    JsFuture::from(answer.dyn_into::<Promise>().ok()?).await.ok()
}
