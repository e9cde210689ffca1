use crate::core::{
    Digest, Head, InvalidInput, Timestamp,
    append::Durability,
    event::RecordedEvent,
    record::{AppendKind, RecordBuilder},
};

/// Why an event is not one of its aggregate.
pub(super) const TYPE_CHANGES: &str = "is not the type that the aggregate has for ever";

/// An append or a change of epoch as an export holds it, its link proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportEntry {
    /// The place that it continues.
    pub before: Head,
    /// The place right after it.
    pub after: Head,
    /// What it is.
    pub kind: AppendKind,
    /// The log's time of the append.
    pub recorded_at: Timestamp,
    /// Its events with their digests; none for a change of epoch.
    pub events: Vec<(RecordedEvent, Digest)>,
}

impl ExportEntry {
    /// Adds it to a record that ends where it begins.
    ///
    /// # Errors
    ///
    /// If an aggregate has another type than before in the record; then the record is of no use.
    pub fn push_to(&self, builder: &mut RecordBuilder, durability: Durability) -> Result<(), InvalidInput> {
        for (event, digest) in &self.events {
            if !builder.is_type_of(&event.content.aggregate_id, &event.content.aggregate_type) {
                let field = format!("event {}.aggregateType", event.sequence_number);
                return Err(InvalidInput::argument(field, TYPE_CHANGES));
            }
            builder.push_event(&event.content, *digest, event.aggregate_version, self.recorded_at);
        }
        match self.kind {
            AppendKind::Events => builder.end_append(self.recorded_at, durability, self.after.link),
            AppendKind::EpochChange(epoch) => {
                builder.change_epoch(epoch, self.recorded_at, durability, self.after.link);
            }
        }
        Ok(())
    }
}
