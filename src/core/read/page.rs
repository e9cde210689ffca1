use std::ops::Deref;

use crate::core::{
    Head,
    event::RecordedEvent,
    record::{DamagedRecord, Record},
};

/// How much a page may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageLimits {
    /// The most events; at least 1.
    pub events: usize,
    /// The bytes after which no further event is added.
    pub bytes: usize,
}

impl Default for PageLimits {
    fn default() -> Self {
        Self {
            events: 1_000,
            bytes: 4 << 20,
        }
    }
}

/// Events in order, as their stored text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventPage(Box<PageContent>);

/// What an [`EventPage`] holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageContent {
    text: String,
    entries: Vec<PageEntry>,
    /// The sequence number (or, of one aggregate, the version) up to which the log was examined; backward: down to which.
    pub position: u64,
    /// The place of `position` in the log; none for a page of one aggregate and backward.
    pub place: Option<Head>,
    /// Whether the examination reached its end: there was nothing more to read at that moment.
    pub done: bool,
}

/// Where an event stands in a page's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageEntry {
    /// The event's sequence number.
    pub sequence_number: u64,
    /// The event's version in its aggregate.
    pub aggregate_version: u64,
    offset: usize,
    length: usize,
}

impl PageEntry {
    /// How long the event's text is, in bytes of UTF-8.
    pub fn length(&self) -> usize {
        self.length
    }
}

impl Deref for EventPage {
    type Target = PageContent;

    fn deref(&self) -> &PageContent {
        &self.0
    }
}

impl EventPage {
    /// The events' JSON, separated by commas.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The JSON of event `index` of the page.
    pub fn event_text(&self, index: usize) -> &str {
        let entry = &self.entries[index];
        &self.text[entry.offset..entry.offset + entry.length]
    }

    /// The place of each event.
    pub fn entries(&self) -> &[PageEntry] {
        &self.entries
    }

    /// The events.
    ///
    /// # Errors
    ///
    /// [`DamagedRecord`] naming the event whose text is not an event's.
    pub fn events(&self) -> Result<Vec<RecordedEvent>, DamagedRecord> {
        let events = self.entries.iter().map(|entry| {
            let text = &self.text[entry.offset..entry.offset + entry.length];
            RecordedEvent::read_json(text)
                .map_err(|reason| DamagedRecord::new(format!("event {}: {reason}", entry.sequence_number)))
        });
        events.collect()
    }
}

/// Fills a page.
pub struct PageBuilder {
    page: Box<PageContent>,
    limits: PageLimits,
}

impl PageBuilder {
    /// An empty page at `position`.
    pub fn new(limits: PageLimits, position: u64) -> Self {
        Self {
            page: Box::new(PageContent {
                position,
                ..PageContent::default()
            }),
            limits,
        }
    }

    /// Adds event `index` of a record.
    pub fn push(&mut self, record: &Record, index: usize) {
        let directory = record.directory();
        self.push_text(
            record.event_text(index),
            directory.sequence_number(index),
            directory.events[index].aggregate_version,
        );
    }

    /// Adds an event by its text.
    pub fn push_text(&mut self, text: &str, sequence_number: u64, aggregate_version: u64) {
        if !self.page.text.is_empty() {
            self.page.text.push(',');
        }
        let offset = self.page.text.len();
        self.page.text.push_str(text);
        self.page.entries.push(PageEntry {
            sequence_number,
            aggregate_version,
            offset,
            length: text.len(),
        });
    }

    /// Notes that the log was examined up to a place.
    pub fn advance_to(&mut self, place: Head) {
        self.page.position = place.sequence_number;
        self.page.place = Some(place);
    }

    /// Notes how far one aggregate, or the log backward, was examined.
    pub fn advance(&mut self, position: u64) {
        self.page.position = position;
    }

    /// Where the page stands.
    pub fn position(&self) -> u64 {
        self.page.position
    }

    /// How many more events the page takes.
    pub fn room(&self) -> usize {
        if self.page.text.len() >= self.limits.bytes {
            0
        } else {
            self.limits.events.saturating_sub(self.page.entries.len())
        }
    }

    /// Whether the page takes no further event.
    pub fn is_full(&self) -> bool {
        self.room() == 0
    }

    /// The page; `done` if the examination reached its end.
    pub fn finish(mut self, done: bool) -> EventPage {
        self.page.done = done;
        EventPage(self.page)
    }
}
