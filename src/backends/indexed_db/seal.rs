//! Sealing: old commits become one large record with copies by aggregate and by type, in one transaction.

use std::{rc::Rc, time::Duration};

use js_sys::Array;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use super::{
    append::{end_turn, take_turn, until_idle},
    log::Log,
    port::{Transaction, as_f64, bytes, list},
    schema::{self, BY_AGGREGATE, BY_TYPE, IDS, SEG_IDS, SEGMENTS},
    sealed::Sealed,
};
use crate::{
    core::{
        EventId,
        append::Durability,
        record::{Excerpt, Record, checksum},
        sorted,
    },
    storage::StorageError,
};

/// When so much is unsealed, it is sealed as soon as nothing else is to do.
const DUE_EVENTS: usize = 1_000;
const DUE_BYTES: usize = 512 << 10;
/// When so many times that is unsealed, appends wait for it, so that opening stays fast.
const OVERDUE: usize = 4;
/// How long nothing has to happen before.
const IDLE: Duration = Duration::from_millis(50);

/// Seals soon, if enough is unsealed; in a task of its own.
pub(super) fn schedule(log: &Rc<Log>) {
    if !is_due(log, 1) || log.is_seal_scheduled.replace(true) {
        return;
    }
    let log = Rc::clone(log);
    spawn_local(async move {
        log.environment.sleep(IDLE).await;
        log.is_seal_scheduled.set(false);
        until_idle(&log).await;
        if log.is_closed.get() || log.is_flushing.replace(true) {
            return;
        }
        // A seal that fails is tried again after a later append; the commits are as good as before.
        let sealed = seal(&log).await;
        end_turn(&log);
        if sealed.is_ok_and(|sealed| sealed) {
            schedule(&log);
        }
    });
}

/// Seals right away while far too much is unsealed. Only for the task whose turn it is.
pub(super) async fn seal_if_overdue(log: &Rc<Log>) {
    while is_due(log, OVERDUE) && seal(log).await.is_ok_and(|sealed| sealed) {}
}

/// Seals all that can be sealed, however little. Only for tests and maintenance.
pub(super) async fn seal_all(log: &Rc<Log>) -> Result<(), StorageError> {
    take_turn(log).await;
    let result = loop {
        match seal(log).await {
            Ok(true) => {}
            Ok(false) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    end_turn(log);
    result
}

fn is_due(log: &Log, times: usize) -> bool {
    let (events, bytes) = log.tip.borrow().unsealed();
    (events >= due_events(log) * times || bytes >= DUE_BYTES * times) && log.read_only.borrow().is_none()
}

fn due_events(log: &Log) -> usize {
    #[cfg(feature = "testing")]
    if let Some(events) = log.options.seal_events {
        return events;
    }
    let _ = log;
    DUE_EVENTS
}

/// Seals the oldest commits; false if there was nothing to do or another tab did it.
async fn seal(log: &Rc<Log>) -> Result<bool, StorageError> {
    log.prove_after_reopening().await?;
    let (known, records) = {
        let tip = log.tip.borrow();
        (tip.sealed, choose(tip.tail(), due_events(log)))
    };
    let Some(segment) = Record::join(records.iter().map(|record| &**record)) else {
        return Ok(false);
    };
    let sealing = Sealing::of(segment, known.unwrap_or_default());
    // Building took a while; input comes before writing.
    log.environment.sleep(Duration::ZERO).await;
    let (writes, note) = (sealing.writes(), sealing.sealed.note());
    let known = known.map(|known| known.note());
    let last_key = as_f64(sealing.sealed.to);
    let seal = Transaction::seal(known.as_deref(), &note, last_key, writes, sealing.durability());
    let done = log.call(seal).await?.value.is_truthy();
    if done {
        log.tip.borrow_mut().forget_sealed(sealing.sealed);
        log.keep_segment(&Rc::new(sealing.segment));
    } else {
        log.refresh().await?;
    }
    Ok(done)
}

/// The oldest commits up to one segment's worth; never the newest one, whose presence proves where the log ends.
fn choose<'a>(tail: impl DoubleEndedIterator<Item = &'a Rc<Record>>, due_events: usize) -> Vec<Rc<Record>> {
    let mut chosen: Vec<Rc<Record>> = tail.map(Rc::clone).collect();
    chosen.pop();
    let (mut events, mut bytes) = (0, 0);
    let full = chosen.iter().position(|record| {
        events += record.directory().events.len();
        bytes += record.text().len();
        events >= due_events || bytes >= DUE_BYTES
    });
    if let Some(full) = full {
        chosen.truncate(full + 1);
    }
    // A change of epoch goes together with what follows, so that a segment ends with an event.
    while chosen.last().is_some_and(|record| record.directory().events.is_empty()) {
        chosen.pop();
    }
    chosen
}

/// A segment with all that is derived from it.
pub(super) struct Sealing {
    segment: Record,
    pub(super) sealed: Sealed,
    /// For each aggregate of the segment's directory.
    by_aggregate: Vec<Excerpt>,
    /// For each type of the segment's directory.
    by_type: Vec<Excerpt>,
    /// The time-ordered ids as they are stored, with their key.
    time_ordered: Option<(String, Vec<u8>)>,
    others: Vec<(EventId, u64)>,
}

impl Sealing {
    pub(super) fn of(segment: Record, known: Sealed) -> Self {
        let directory = segment.directory();
        let mut by_aggregate = vec![Excerpt::default(); directory.aggregates.len()];
        let mut by_type = vec![Excerpt::default(); directory.event_types.len()];
        let (mut time_ordered, mut others) = (Vec::new(), Vec::new());
        for (index, event) in directory.events.iter().enumerate() {
            by_aggregate[event.aggregate].push(&segment, index);
            by_type[event.event_type].push(&segment, index);
            if event.id.is_time_ordered() {
                time_ordered.push(event.id);
            } else {
                others.push((event.id, directory.sequence_number(index)));
            }
        }
        let ids = sorted(time_ordered);
        let mut sealed = Sealed {
            to: segment.last_sequence_number(),
            ..known
        };
        let mut time_ordered = None;
        if let (Some(smallest), Some(largest)) = (ids.first(), ids.last()) {
            let mut bytes = Vec::with_capacity(ids.len() * 16);
            for id in &ids {
                bytes.extend_from_slice(id.as_bytes());
            }
            let key = schema::id_range_key(*smallest, *largest, sealed.to, &bytes);
            sealed.largest_id = sealed.largest_id.max(Some(*largest));
            sealed.index_keys ^= checksum(&key, &[]);
            time_ordered = Some((key, bytes));
        }
        Self {
            segment,
            sealed,
            by_aggregate,
            by_type,
            time_ordered,
            others,
        }
    }

    /// As durable as the most durable of its appends: the records that it replaces are deleted.
    fn durability(&self) -> &'static str {
        let appends = &self.segment.directory().appends;
        if appends.iter().all(|append| append.durability == Durability::Relaxed) {
            "relaxed"
        } else {
            "strict"
        }
    }

    /// Every value to add, with its store and key.
    pub(super) fn writes(&self) -> Array {
        let writes = Array::new();
        let add = |store: &str, value: JsValue, key: JsValue| {
            writes.push(&list(&[store.into(), value, key]));
        };
        let directory = self.segment.directory();
        add(
            SEGMENTS,
            schema::record_value(&self.segment),
            as_f64(self.sealed.to).into(),
        );
        for ((id, aggregate_type), excerpt) in directory.aggregates.iter().zip(&self.by_aggregate) {
            if let Some(last) = excerpt.entries().last() {
                let key = schema::aggregate_key(id, last.aggregate_version, aggregate_type.as_str());
                add(BY_AGGREGATE, schema::excerpt_value(excerpt), key.into());
            }
        }
        for (event_type, excerpt) in directory.event_types.iter().zip(&self.by_type) {
            if let Some(last) = excerpt.entries().last() {
                let key = schema::type_key(event_type, last.sequence_number);
                add(BY_TYPE, schema::excerpt_value(excerpt), key.into());
            }
        }
        if let Some((key, ids)) = &self.time_ordered {
            add(SEG_IDS, bytes(ids), key.into());
        }
        for (id, sequence_number) in &self.others {
            add(IDS, as_f64(*sequence_number).into(), id.to_string().into());
        }
        writes
    }
}
