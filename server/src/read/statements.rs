use std::time::SystemTime;

use foldlog::core::{MAX_SAFE_INTEGER, Timestamp, read::EventFilter};
use tokio_postgres::types::ToSql;

use crate::{
    sql,
    tables::{number, time},
};

/// The statement that finds a filter's events by the index that serves it best, and its parameters.
pub(super) struct FilterStatement<'a> {
    pub(super) sql: &'static str,
    aggregate_ids: Option<Vec<&'a str>>,
    aggregate_type: Option<&'a str>,
    event_types: Option<Vec<&'a str>>,
    tags: Vec<&'a str>,
    from_version: i64,
    to_version: i64,
    from_recorded_at: SystemTime,
    to_recorded_at: SystemTime,
    caused_by: Option<&'a str>,
    correlation_id: Option<&'a str>,
}

impl<'a> FilterStatement<'a> {
    pub(super) fn new(filter: &'a EventFilter, backward: bool) -> Self {
        let sql = match (
            filter.aggregate_ids.is_some(),
            filter.event_types.is_some(),
            filter.aggregate_type.is_some(),
        ) {
            (true, _, _) if backward => sql::EVENTS_BY_AGGREGATES_BACKWARD,
            (true, _, _) => sql::EVENTS_BY_AGGREGATES_FORWARD,
            (_, true, _) if backward => sql::EVENTS_BY_EVENT_TYPES_BACKWARD,
            (_, true, _) => sql::EVENTS_BY_EVENT_TYPES_FORWARD,
            (_, _, true) if backward => sql::EVENTS_BY_AGGREGATE_TYPE_BACKWARD,
            (_, _, true) => sql::EVENTS_BY_AGGREGATE_TYPE_FORWARD,
            _ if backward => sql::EVENTS_BY_LOG_BACKWARD,
            _ => sql::EVENTS_BY_LOG_FORWARD,
        };
        Self {
            sql,
            aggregate_ids: filter
                .aggregate_ids
                .as_ref()
                .map(|ids| ids.iter().map(foldlog::core::AggregateId::as_str).collect()),
            aggregate_type: filter.aggregate_type.as_ref().map(foldlog::core::AggregateType::as_str),
            event_types: filter
                .event_types
                .as_ref()
                .map(|names| names.iter().map(foldlog::core::EventType::as_str).collect()),
            tags: filter.tags.iter().map(foldlog::core::Label::as_str).collect(),
            from_version: number(filter.from_version.unwrap_or(0)),
            to_version: number(filter.to_version.unwrap_or(MAX_SAFE_INTEGER)),
            from_recorded_at: time(filter.from_recorded_at.unwrap_or(Timestamp::MIN)),
            to_recorded_at: time(filter.to_recorded_at.unwrap_or(Timestamp::from_millis(i64::MAX))),
            caused_by: filter.caused_by.as_ref().map(foldlog::core::Label::as_str),
            correlation_id: filter.correlation_id.as_ref().map(foldlog::core::Label::as_str),
        }
    }

    /// The parameters from the sixth on.
    pub(super) fn parameters(&self) -> [&(dyn ToSql + Sync); 10] {
        [
            &self.aggregate_ids,
            &self.aggregate_type,
            &self.event_types,
            &self.tags,
            &self.from_version,
            &self.to_version,
            &self.from_recorded_at,
            &self.to_recorded_at,
            &self.caused_by,
            &self.correlation_id,
        ]
    }

    /// The parameters of `sequence_bounds` after the log.
    pub(super) fn span(&self) -> [&(dyn ToSql + Sync); 2] {
        [&self.from_recorded_at, &self.to_recorded_at]
    }
}
