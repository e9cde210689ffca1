use crate::core::{
    Digest, Head, Timestamp,
    append::Durability,
    event::RecordedEvent,
    record::{AppendKind, RecordBuilder},
};

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
    pub fn push_to(&self, builder: &mut RecordBuilder, durability: Durability) {
        for (event, digest) in &self.events {
            builder.push_event(&event.content, *digest, event.aggregate_version, self.recorded_at);
        }
        match self.kind {
            AppendKind::Events => builder.end_append(self.recorded_at, durability, self.after.link),
            AppendKind::EpochChange(epoch) => {
                builder.change_epoch(epoch, self.recorded_at, durability, self.after.link);
            }
        }
    }
}
