use std::time::SystemTime;

use foldlog::{
    core::{
        append::Durability,
        record::{AppendKind, Record},
    },
    storage::StorageError,
};
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use crate::tables::{number, time, uuid};

/// The columns of the rows that store a record.
#[derive(Default)]
pub(super) struct Columns<'a> {
    append_numbers: Vec<i64>,
    kinds: Vec<i16>,
    epochs: Vec<Uuid>,
    first_sequence_numbers: Vec<i64>,
    last_sequence_numbers: Vec<i64>,
    append_times: Vec<SystemTime>,
    durabilities: Vec<i16>,
    links: Vec<&'a [u8]>,
    events: EventColumns<'a>,
}

#[derive(Default)]
struct EventColumns<'a> {
    sequence_numbers: Vec<i64>,
    append_numbers: Vec<i64>,
    ids: Vec<Uuid>,
    aggregate_ids: Vec<&'a str>,
    aggregate_types: Vec<&'a str>,
    versions: Vec<i64>,
    event_types: Vec<&'a str>,
    schema_versions: Vec<i32>,
    recorded_at: Vec<SystemTime>,
    created_at: Vec<SystemTime>,
    caused_by: Vec<Option<String>>,
    causation_ids: Vec<Option<String>>,
    correlation_ids: Vec<Option<String>>,
    digests: Vec<&'a [u8]>,
    metadata: Vec<Option<String>>,
    event_data: Vec<String>,
    tags: Vec<String>,
}

impl<'a> Columns<'a> {
    /// The rows of a record whose first append gets this number.
    pub(super) fn of(record: &'a Record, first_append_number: u64) -> Result<Self, StorageError> {
        let directory = record.directory();
        let mut columns = Self::default();
        let mut epoch = directory.before.epoch;
        for (append, append_number) in directory.appends.iter().zip(first_append_number..) {
            let kind = match append.kind {
                AppendKind::Events => 1,
                AppendKind::EpochChange(changed) => {
                    epoch = changed;
                    2
                }
            };
            let first = directory.sequence_number(append.first_event);
            columns.append_numbers.push(number(append_number));
            columns.kinds.push(kind);
            columns.epochs.push(uuid(epoch.as_bytes()));
            columns.first_sequence_numbers.push(number(first));
            columns
                .last_sequence_numbers
                .push(number(first) + i64::try_from(append.event_count).unwrap_or(0) - 1);
            columns.append_times.push(time(append.recorded_at));
            columns.durabilities.push(durability(append.durability));
            columns.links.push(append.link.as_bytes());
            for index in append.first_event..append.first_event + append.event_count {
                columns.events.push(record, index, append_number)?;
            }
        }
        Ok(columns)
    }

    /// The parameters of `insert_appends` after the log.
    pub(super) fn appends(&self) -> [&(dyn ToSql + Sync); 8] {
        [
            &self.append_numbers,
            &self.kinds,
            &self.epochs,
            &self.first_sequence_numbers,
            &self.last_sequence_numbers,
            &self.append_times,
            &self.durabilities,
            &self.links,
        ]
    }

    /// The parameters of `insert_events` after the log.
    pub(super) fn events(&self) -> [&(dyn ToSql + Sync); 17] {
        let events = &self.events;
        [
            &events.sequence_numbers,
            &events.append_numbers,
            &events.ids,
            &events.aggregate_ids,
            &events.aggregate_types,
            &events.versions,
            &events.event_types,
            &events.schema_versions,
            &events.recorded_at,
            &events.created_at,
            &events.caused_by,
            &events.causation_ids,
            &events.correlation_ids,
            &events.digests,
            &events.metadata,
            &events.event_data,
            &events.tags,
        ]
    }

    /// The number of the last append.
    pub(super) fn last_append_number(&self) -> i64 {
        self.append_numbers.last().copied().unwrap_or(0)
    }
}

impl<'a> EventColumns<'a> {
    fn push(&mut self, record: &'a Record, index: usize, append_number: u64) -> Result<(), StorageError> {
        let directory = record.directory();
        let entry = &directory.events[index];
        let (aggregate_id, aggregate_type) = &directory.aggregates[entry.aggregate];
        let event = record
            .event(index)
            .map_err(|damage| StorageError::corrupted(directory.sequence_number(index), damage.reason.clone()))?;
        let content = event.content;
        let text = |label: Option<foldlog::core::Label>| label.map(|label| label.as_str().to_owned());
        self.sequence_numbers.push(number(event.sequence_number));
        self.append_numbers.push(number(append_number));
        self.ids.push(uuid(entry.id.as_bytes()));
        self.aggregate_ids.push(aggregate_id.as_str());
        self.aggregate_types.push(aggregate_type.as_str());
        self.versions.push(number(entry.aggregate_version));
        self.event_types.push(directory.event_types[entry.event_type].as_str());
        self.schema_versions.push(i32::from(content.schema_version));
        self.recorded_at.push(time(event.recorded_at));
        self.created_at.push(time(content.created_at));
        self.caused_by.push(text(content.caused_by));
        self.causation_ids.push(text(content.causation_id));
        self.correlation_ids.push(text(content.correlation_id));
        self.digests.push(entry.digest.as_bytes());
        self.metadata
            .push(content.metadata.map(|json| json.as_str().to_owned()));
        self.event_data.push(content.event_data.as_str().to_owned());
        self.tags
            .push(array_literal(content.tags.iter().map(foldlog::core::Label::as_str)));
        Ok(())
    }
}

/// The smallint that stands for a durability, as in a directory.
fn durability(durability: Durability) -> i16 {
    match durability {
        Durability::Memory => 0,
        Durability::Relaxed => 1,
        Durability::Strict => 2,
        Durability::Remote => 3,
    }
}

/// An array of texts as PostgreSQL reads it: `unnest` cannot take arrays of different lengths.
fn array_literal<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    let mut literal = String::from("{");
    for (index, text) in texts.enumerate() {
        literal.push_str(if index > 0 { ",\"" } else { "\"" });
        for character in text.chars() {
            if matches!(character, '"' | '\\') {
                literal.push('\\');
            }
            literal.push(character);
        }
        literal.push('"');
    }
    literal.push('}');
    literal
}

#[cfg(test)]
mod tests {
    use super::array_literal;

    #[test]
    fn texts_are_quoted() {
        assert_eq!(array_literal(std::iter::empty()), "{}");
        assert_eq!(
            array_literal(["a,b", "NULL", "\"\\{}"].into_iter()),
            r#"{"a,b","NULL","\"\\{}"}"#
        );
    }
}
