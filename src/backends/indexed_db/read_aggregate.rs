//! Reading one aggregate: from its copies, then from the tail.

use super::{
    log::Log,
    port::{array, port},
    read::tail_of,
    schema,
};
use crate::{
    core::{
        MAX_SAFE_INTEGER,
        read::{EventPage, PageBuilder},
    },
    storage::{ReadAggregate, StorageError},
};

/// How many copies one request reads.
const COPIES: u32 = 12;

/// Reads a page of an aggregate's events. Sees every append that was acknowledged in any tab before the call.
pub(super) async fn read_aggregate(log: &Log, wanted: &ReadAggregate) -> Result<EventPage, StorageError> {
    let first = wanted.from_version.clamp(1, MAX_SAFE_INTEGER);
    let mut reader = Reader {
        wanted,
        next: first,
        last: wanted.to_version.unwrap_or(MAX_SAFE_INTEGER),
        builder: PageBuilder::new(wanted.limits, first - 1),
    };
    let upper = format!("{}\u{1}", wanted.id);
    loop {
        let lower = format!(
            "{}{}",
            schema::aggregate_prefix(&wanted.id),
            schema::base36(reader.next)
        );
        // What was sealed before the transaction stands in the copies that it reads, so that the tail may begin there.
        let (newest, sealed_to) = (log.newest_key(), log.sealed_to());
        let answer = array(
            log.call(&|database| port().read_aggregate(database, &lower, &upper, COPIES, newest))
                .await?,
        );
        let copies = array(answer.get(0));
        for copy in copies.iter() {
            let excerpt = schema::read_excerpt(&copy, 0)?;
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
        if copies.length() == COPIES && reader.next <= reader.last {
            continue;
        }
        let Some(tail) = tail_of(log, &answer.get(1), newest, sealed_to)? else {
            continue;
        };
        for record in tail {
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
                let sequence_number = directory.sequence_number(index);
                if !reader.take(event.aggregate_version, sequence_number, record.event_text(index))? {
                    return Ok(reader.finish(false));
                }
            }
        }
        return Ok(reader.finish(true));
    }
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
