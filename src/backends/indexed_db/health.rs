use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use super::{
    log::Log,
    options::IndexedDbDurability,
    port::{Transaction, array, number, page},
};
use crate::storage::Health;

/// How the log is kept, as far as the browser tells.
pub(super) async fn health(log: &Log) -> Health {
    let state = array(JsFuture::from(page().storage_state()).await.unwrap_or_default());
    let persisted = state.get(0).as_bool();
    let bytes = |value: JsValue| number(&JsValue::from_f64(value.as_f64()?.floor()));
    let quota = bytes(state.get(1)).zip(bytes(state.get(2)));
    // Asked, since another tab may have changed it; a handle that is not there is not opened for that.
    if log.connection.state() == "open"
        && let Ok(answer) = log.connection.call(&Transaction::read_tip(f64::INFINITY)).await
    {
        log.set_mirror(array(answer).get(3).is_truthy());
    }
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
        is_mirror: Some(log.is_mirror.get()),
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
