use foldlog::{
    core::{
        AggregateId, AggregateType, EventId, EventType, JsonText, Label,
        event::{EventContent, RecordedEvent},
    },
    storage::{StorageError, StorageErrorKind},
};
use tokio_postgres::Row;
use uuid::Uuid;

use super::{number_of, parsed, time_of};

/// The event in a row of `events`.
pub(crate) fn event_of(row: &Row) -> Result<RecordedEvent, StorageError> {
    let sequence_number = number_of(row, "sequence_number");
    if row.get::<_, i16>("payload_format") != 0 {
        let message = "an event has an unknown payload format: a newer version wrote it";
        return Err(StorageError::new(StorageErrorKind::UnsupportedFormat, message).at(sequence_number));
    }
    let label = |column: &str| {
        let text: Option<&str> = row.get(column);
        text.map(|text| parsed(Label::parse(text), sequence_number, column))
            .transpose()
    };
    let tags: Vec<&str> = row.get("tags");
    let tags = tags
        .into_iter()
        .map(|tag| parsed(Label::parse(tag), sequence_number, "tags"));
    let metadata: Option<&str> = row.get("metadata");
    let metadata = metadata.map(|text| parsed(JsonText::parse(text), sequence_number, "metadata"));
    let schema_version = u16::try_from(row.get::<_, i32>("schema_version"));
    Ok(RecordedEvent {
        sequence_number,
        recorded_at: time_of(row, "recorded_at"),
        aggregate_version: number_of(row, "aggregate_version"),
        content: EventContent {
            id: EventId::from_bytes(row.get::<_, Uuid>("id").into_bytes()),
            aggregate_id: parsed(
                AggregateId::parse(row.get("aggregate_id")),
                sequence_number,
                "aggregate_id",
            )?,
            aggregate_type: parsed(
                AggregateType::parse(row.get("aggregate_type")),
                sequence_number,
                "aggregate_type",
            )?,
            event_type: parsed(EventType::parse(row.get("event_type")), sequence_number, "event_type")?,
            schema_version: parsed(schema_version, sequence_number, "schema_version")?,
            created_at: time_of(row, "created_at"),
            tags: tags.collect::<Result<_, _>>()?,
            caused_by: label("caused_by")?,
            causation_id: label("causation_id")?,
            correlation_id: label("correlation_id")?,
            metadata: metadata.transpose()?,
            event_data: parsed(JsonText::parse(row.get("event_data")), sequence_number, "event_data")?,
        },
    })
}
