use super::{AppendEntry, AppendKind, Directory, EventEntry, Record};
use crate::core::{
    AggregateId, AggregateType, Digest, Epoch, EventType, Head, IndexMap, Link, Timestamp,
    append::Durability,
    event::{EventContent, write_event_json},
};

/// Builds a record append by append.
pub struct RecordBuilder {
    directory: Box<Directory>,
    text: String,
    aggregates: IndexMap<AggregateId, usize>,
    event_types: IndexMap<EventType, usize>,
}

impl RecordBuilder {
    /// An empty record right after `before`.
    pub fn after(before: &Head) -> Self {
        Self {
            directory: Box::new(Directory {
                before: *before,
                aggregates: Vec::new(),
                event_types: Vec::new(),
                appends: Vec::new(),
                events: Vec::new(),
                has_unknown: false,
                has_unknown_critical: false,
            }),
            text: String::new(),
            aggregates: IndexMap::default(),
            event_types: IndexMap::default(),
        }
    }

    /// Adds an event to the append that the next [`RecordBuilder::end_append`] closes.
    pub fn push_event(
        &mut self,
        content: &EventContent,
        digest: Digest,
        aggregate_version: u64,
        recorded_at: Timestamp,
    ) {
        let sequence_number = self.directory.sequence_number(self.directory.events.len());
        let offset = self.begin_text();
        write_event_json(&mut self.text, sequence_number, recorded_at, aggregate_version, content);
        let surplus = surplus(&self.text[offset..]);
        let entry = EventEntry {
            aggregate: self.aggregate(&content.aggregate_id, &content.aggregate_type),
            event_type: self.event_type(&content.event_type),
            aggregate_version,
            id: content.id,
            digest,
            created_at: content.created_at,
            offset,
            length: self.text.len() - offset,
            surplus,
        };
        self.directory.events.push(entry);
    }

    /// Closes an append of all events pushed since the last one.
    pub fn end_append(&mut self, recorded_at: Timestamp, durability: Durability, link: Link) {
        self.end(AppendKind::Events, recorded_at, durability, link);
    }

    /// Adds the beginning of an epoch.
    pub fn change_epoch(&mut self, epoch: Epoch, recorded_at: Timestamp, durability: Durability, link: Link) {
        self.end(AppendKind::EpochChange(epoch), recorded_at, durability, link);
    }

    /// Adds all appends of a record, unchanged.
    pub(super) fn absorb(&mut self, record: &Record) {
        let source = &record.directory;
        let events_before = self.directory.events.len();
        let shift = if source.events.is_empty() { 0 } else { self.begin_text() };
        self.text.push_str(&record.text);
        for event in &source.events {
            let (id, aggregate_type) = &source.aggregates[event.aggregate];
            let entry = EventEntry {
                aggregate: self.aggregate(id, aggregate_type),
                event_type: self.event_type(&source.event_types[event.event_type]),
                offset: event.offset + shift,
                ..event.clone()
            };
            self.directory.events.push(entry);
        }
        for append in &source.appends {
            self.directory.appends.push(AppendEntry {
                first_event: append.first_event + events_before,
                ..append.clone()
            });
        }
    }

    /// The place right after the last append.
    pub fn head(&self) -> Head {
        self.directory.head()
    }

    /// Whether an event of this aggregate and type is not at odds with the events of the record.
    pub fn is_type_of(&self, id: &AggregateId, aggregate_type: &AggregateType) -> bool {
        let known = self.aggregates.get(id);
        known.is_none_or(|place| self.directory.aggregates[*place].1 == *aggregate_type)
    }

    /// How many events it holds.
    pub fn event_count(&self) -> usize {
        self.directory.events.len()
    }

    /// The record.
    pub fn finish(self) -> Record {
        Record {
            directory: self.directory,
            text: self.text.into_boxed_str(),
        }
    }

    fn end(&mut self, kind: AppendKind, recorded_at: Timestamp, durability: Durability, link: Link) {
        let first_event = self
            .directory
            .appends
            .last()
            .map_or(0, |append| append.first_event + append.event_count);
        let event_count = self.directory.events.len() - first_event;
        self.directory.appends.push(AppendEntry {
            kind,
            first_event,
            event_count,
            recorded_at,
            durability,
            link,
        });
    }

    fn begin_text(&mut self) -> usize {
        if !self.text.is_empty() {
            self.text.push(',');
        }
        self.text.len()
    }

    fn aggregate(&mut self, id: &AggregateId, aggregate_type: &AggregateType) -> usize {
        if let Some(place) = self.aggregates.get(id) {
            return *place;
        }
        let place = self.directory.aggregates.len();
        self.directory.aggregates.push((id.clone(), aggregate_type.clone()));
        self.aggregates.insert(id.clone(), place);
        place
    }

    fn event_type(&mut self, event_type: &EventType) -> usize {
        if let Some(place) = self.event_types.get(event_type) {
            return *place;
        }
        let place = self.directory.event_types.len();
        self.directory.event_types.push(event_type.clone());
        self.event_types.insert(event_type.clone(), place);
        place
    }
}

/// How many UTF-16 units fewer than bytes a text has.
pub(super) fn surplus(text: &str) -> usize {
    if text.is_ascii() {
        0
    } else {
        text.len() - text.encode_utf16().count()
    }
}
