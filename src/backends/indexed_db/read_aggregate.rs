//! Reading one aggregate: from its copies, then from the tail.

use wasm_bindgen::JsValue;

use super::{
    log::Log,
    port::{Transaction, array, key_range_within, request},
    read::tail_after,
    read_by_type::read_excerpt,
    schema::{self, BY_AGGREGATE, COMMITS},
    trouble::Trouble,
};
use crate::{
    core::{
        MAX_SAFE_INTEGER,
        read::{EventPage, PageBuilder},
    },
    storage::{ReadAggregate, StorageError},
};

/// How many copies one request reads.
const COPIES: u32 = 32;

/// Reads a page of an aggregate's events. Sees every append that was acknowledged in any tab before the call.
pub(super) async fn read_aggregate(log: &Log, wanted: &ReadAggregate) -> Result<EventPage, StorageError> {
    log.read(&[BY_AGGREGATE, COMMITS], async |transaction| {
        read_in(log, transaction, wanted).await
    })
    .await
}

async fn read_in(log: &Log, transaction: &Transaction, wanted: &ReadAggregate) -> Result<EventPage, Trouble> {
    let mut reader = Reader {
        wanted,
        next: wanted.from_version.clamp(1, MAX_SAFE_INTEGER),
        last: wanted.to_version.unwrap_or(MAX_SAFE_INTEGER),
        builder: PageBuilder::new(wanted.limits, wanted.from_version.clamp(1, MAX_SAFE_INTEGER) - 1),
    };
    let store = transaction.store(BY_AGGREGATE)?;
    let upper = JsValue::from_str(&format!("{}\u{1}", wanted.id));
    loop {
        let lower = JsValue::from_str(&format!(
            "{}{}",
            schema::aggregate_prefix(&wanted.id),
            schema::base36(reader.next)
        ));
        let range = key_range_within(&lower, &upper)?;
        let copies = array(request(store.get_all_with_key_and_limit(&range, COPIES)).await?);
        for copy in copies.iter() {
            let excerpt = read_excerpt(&copy).map_err(|damage| Trouble::damage(0, &damage))?;
            for (index, entry) in excerpt.entries().iter().enumerate() {
                if !reader.take(
                    entry.aggregate_version,
                    entry.sequence_number,
                    excerpt.event_text(index),
                )? {
                    return Ok(reader.finish(false));
                }
            }
        }
        if copies.length() < COPIES || reader.next > reader.last {
            break;
        }
    }
    for record in tail_after(log, transaction, 0).await? {
        let directory = record.directory();
        let Some(aggregate) = directory.aggregates.iter().position(|(id, _)| *id == wanted.id) else {
            continue;
        };
        for (index, event) in directory
            .events
            .iter()
            .enumerate()
            .filter(|(_, event)| event.aggregate == aggregate)
        {
            if !reader.take(
                event.aggregate_version,
                directory.sequence_number(index),
                record.event_text(index),
            )? {
                return Ok(reader.finish(false));
            }
        }
    }
    Ok(reader.finish(true))
}

struct Reader<'a> {
    wanted: &'a ReadAggregate,
    next: u64,
    last: u64,
    builder: PageBuilder,
}

impl Reader<'_> {
    /// Takes an event if it is the next one wanted; one that was taken already comes again where a seal moved it. False if the page
    /// is full.
    fn take(&mut self, version: u64, sequence_number: u64, text: &str) -> Result<bool, StorageError> {
        if version < self.next || version > self.last {
            return Ok(true);
        }
        if version > self.next {
            let message = format!(
                "version {} of aggregate \"{}\" is missing; version {version} came",
                self.next, self.wanted.id
            );
            return Err(StorageError::corrupted(sequence_number, message));
        }
        if self.builder.is_full() {
            return Ok(false);
        }
        self.builder.push_text(text, sequence_number, version);
        self.next += 1;
        Ok(true)
    }

    fn finish(mut self, done: bool) -> EventPage {
        self.builder.advance(self.next - 1);
        self.builder.finish(done)
    }
}
