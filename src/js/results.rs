use std::fmt::Write as _;

use js_sys::Array;
use wasm_bindgen::JsValue;

use crate::{
    core::{
        append::Receipt,
        fold::Snapshot,
        read::{EventPage, SubscriptionBatch},
        record::{ChainFault, Verification},
        write_json_string,
    },
    engine::ImportProgress,
    storage::Health,
};

/// A number that JavaScript holds exactly: positions and versions stay at or below 2^53 − 1.
#[expect(
    clippy::cast_precision_loss,
    reason = "positions and versions stay at or below 2^53 - 1"
)]
pub(super) fn number(value: u64) -> JsValue {
    JsValue::from_f64(value as f64)
}

/// A `RawPage`: one string for all events, parsed once by the facade.
pub(super) fn page(page: &EventPage) -> JsValue {
    Array::of3(&events(page), &number(page.position), &page.done.into()).into()
}

/// A `RawBatch`.
pub(super) fn batch(batch: &SubscriptionBatch) -> JsValue {
    let cursor = JsValue::from_str(&batch.cursor.to_cursor());
    Array::of4(
        &events(&batch.page),
        &cursor,
        &number(batch.cursor.sequence_number),
        &batch.caught_up.into(),
    )
    .into()
}

pub(super) fn receipt(receipt: &Receipt) -> String {
    let mut json = String::new();
    receipt.write_json(&mut json);
    json
}

pub(super) fn snapshot(snapshot: &Snapshot) -> String {
    let mut json = String::new();
    snapshot.write_json(&mut json);
    json
}

pub(super) fn verification(verification: &Verification) -> String {
    let Verification { appends, events, head } = verification;
    let mut json = format!("{{\"ok\":true,\"appends\":{appends},\"events\":{events},\"head\":");
    head.write_json(&mut json);
    json.push('}');
    json
}

pub(super) fn import_progress(progress: &ImportProgress) -> String {
    let ImportProgress {
        imported,
        skipped,
        head,
    } = progress;
    let mut json = format!("{{\"imported\":{imported},\"skipped\":{skipped},\"head\":");
    head.write_json(&mut json);
    json.push('}');
    json
}

pub(super) fn fault(fault: &ChainFault) -> String {
    let mut json = format!(
        "{{\"ok\":false,\"sequenceNumber\":{},\"reason\":",
        fault.sequence_number
    );
    write_json_string(&mut json, &fault.reason);
    json.push('}');
    json
}

pub(super) fn health(health: &Health) -> String {
    let mut json = format!(
        "{{\"backend\":\"{}\",\"durability\":\"{}\"",
        health.backend, health.durability
    );
    // Writing to a String does not fail.
    let _ = match health.persisted {
        Some(persisted) => write!(json, ",\"persisted\":{persisted}"),
        None => write!(json, ",\"persisted\":null"),
    };
    let _ = match health.quota {
        Some((used, limit)) => write!(json, ",\"quota\":{{\"used\":{used},\"limit\":{limit}}}"),
        None => write!(json, ",\"quota\":null"),
    };
    let _ = write!(
        json,
        ",\"evictionRisk\":\"{}\",\"handle\":\"{}\"",
        health.eviction_risk, health.handle
    );
    let _ = match health.is_mirror {
        Some(is_mirror) => write!(json, ",\"isMirror\":{is_mirror}"),
        None => write!(json, ",\"isMirror\":null"),
    };
    let _ = match health.last_error {
        Some(code) => write!(json, ",\"lastError\":\"{code}\"}}"),
        None => write!(json, ",\"lastError\":null}}"),
    };
    json
}

fn events(page: &EventPage) -> JsValue {
    let mut json = String::with_capacity(page.text().len() + 2);
    json.push('[');
    json.push_str(page.text());
    json.push(']');
    JsValue::from_str(&json)
}
