//! Sealing: old commits become one large record with copies by aggregate and by type, in one transaction.

use std::{collections::BTreeMap, rc::Rc, time::Duration};

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use super::{
    append::{end_turn, until_idle},
    log::Log,
    port::{Mode, Transaction, bytes, key_range_within, object},
    schema::{self, BY_AGGREGATE, BY_TYPE, COMMITS, IDS, META, META_SEALED, SEG_IDS, SEGMENTS},
    tip::Sealed,
    tip_loader::read_sealed,
    trouble::Trouble,
};
use crate::{
    core::{
        AggregateId, EventId, EventType,
        record::{Excerpt, Record},
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

const SEAL_STORES: [&str; 7] = [META, COMMITS, SEGMENTS, BY_AGGREGATE, BY_TYPE, SEG_IDS, IDS];

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
    loop {
        until_idle(log).await;
        if !log.is_flushing.replace(true) {
            break;
        }
    }
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
    let sealing = Sealing::of(segment, known);
    // Building took a while; input comes before writing.
    log.environment.sleep(Duration::ZERO).await;
    let done = log
        .connection
        .repeatable(&SEAL_STORES, Mode::WriteRelaxed, async |transaction| {
            let now = read_sealed(transaction).await?;
            if now == Some(sealing.sealed) {
                // This very work, found after the handle was lost: it is stored.
                return Ok(true);
            }
            if now != known {
                return Ok(false);
            }
            sealing.write(transaction)?;
            Ok(true)
        })
        .await
        .inspect_err(|error| log.note(error))?;
    if done {
        log.tip.borrow_mut().forget_sealed(sealing.sealed);
        log.keep_segment(Rc::new(sealing.segment));
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
    chosen
}

/// A segment with all that is derived from it.
struct Sealing {
    segment: Record,
    sealed: Sealed,
    by_aggregate: BTreeMap<(AggregateId, String), Excerpt>,
    by_type: BTreeMap<EventType, Excerpt>,
    time_ordered: Vec<EventId>,
    others: Vec<(EventId, u64)>,
}

impl Sealing {
    fn of(segment: Record, known: Option<Sealed>) -> Self {
        let mut by_aggregate: BTreeMap<(AggregateId, String), Excerpt> = BTreeMap::new();
        let mut by_type: BTreeMap<EventType, Excerpt> = BTreeMap::new();
        let (mut time_ordered, mut others) = (Vec::new(), Vec::new());
        let directory = segment.directory();
        for (index, event) in directory.events.iter().enumerate() {
            let (id, aggregate_type) = &directory.aggregates[event.aggregate];
            by_aggregate
                .entry((id.clone(), aggregate_type.as_str().to_owned()))
                .or_default()
                .push(&segment, index);
            by_type
                .entry(directory.event_types[event.event_type].clone())
                .or_default()
                .push(&segment, index);
            if event.id.is_time_ordered() {
                time_ordered.push(event.id);
            } else {
                others.push((event.id, directory.sequence_number(index)));
            }
        }
        time_ordered.sort_unstable();
        let largest_before = known.and_then(|sealed| sealed.largest_id);
        let sealed = Sealed {
            to: segment.last_sequence_number(),
            largest_id: time_ordered.last().copied().max(largest_before),
        };
        Self {
            segment,
            sealed,
            by_aggregate,
            by_type,
            time_ordered,
            others,
        }
    }

    /// Issues every write. None is awaited and no commit is asked for: whichever fails undoes all.
    fn write(&self, transaction: &Transaction) -> Result<(), Trouble> {
        transaction
            .store(SEGMENTS)?
            .add_with_key(&schema::record_value(&self.segment), &schema::record_key(&self.segment))?;
        let by_aggregate = transaction.store(BY_AGGREGATE)?;
        for ((id, aggregate_type), excerpt) in &self.by_aggregate {
            let last = excerpt.entries().last().map_or(0, |entry| entry.aggregate_version);
            let key = schema::aggregate_key(id, last, aggregate_type);
            by_aggregate.add_with_key(&excerpt_value(excerpt), &JsValue::from_str(&key))?;
        }
        let by_type = transaction.store(BY_TYPE)?;
        for (event_type, excerpt) in &self.by_type {
            let last = excerpt.entries().last().map_or(0, |entry| entry.sequence_number);
            by_type.add_with_key(
                &excerpt_value(excerpt),
                &JsValue::from_str(&schema::type_key(event_type, last)),
            )?;
        }
        if let (Some(smallest), Some(largest)) = (self.time_ordered.first(), self.time_ordered.last()) {
            let key = schema::id_range_key(*smallest, *largest, self.sealed.to);
            let ids: Vec<u8> = self.time_ordered.iter().flat_map(|id| *id.as_bytes()).collect();
            transaction
                .store(SEG_IDS)?
                .add_with_key(&bytes(&ids), &JsValue::from_str(&key))?;
        }
        let ids = transaction.store(IDS)?;
        for (id, sequence_number) in &self.others {
            ids.add_with_key(&schema::key(*sequence_number), &JsValue::from_str(&id.to_string()))?;
        }
        let sealed_commits = key_range_within(&schema::key(0), &schema::record_key(&self.segment))?;
        transaction.store(COMMITS)?.delete(&sealed_commits)?;
        let note = object([
            ("to", schema::key(self.sealed.to)),
            (
                "largestId",
                self.sealed
                    .largest_id
                    .map_or(JsValue::UNDEFINED, |id| JsValue::from_str(&id.to_string())),
            ),
        ]);
        transaction.store(META)?.put_with_key(&note, &META_SEALED.into())?;
        Ok(())
    }
}

fn excerpt_value(excerpt: &Excerpt) -> JsValue {
    object([
        ("x", bytes(&excerpt.encode_directory())),
        ("t", JsValue::from_str(excerpt.text())),
    ])
}
