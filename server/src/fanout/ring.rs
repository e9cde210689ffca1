use std::{collections::VecDeque, ops::Range, sync::Arc};

use foldlog::core::{
    Head,
    event::RecordedEvent,
    read::{EventFilter, EventPage, PageBuilder, PageLimits},
    record::DamagedRecord,
};

use super::FanoutOptions;

/// What one read of the follower found: all events between two places of the log.
pub(super) struct Batch {
    pub(super) before: Head,
    pub(super) after: Head,
    page: Arc<EventPage>,
    events: Vec<(RecordedEvent, Range<usize>)>,
    size: usize,
}

/// The newest events of a log, from one place of it to its end as far as it is known.
pub(super) struct Ring {
    batches: VecDeque<Arc<Batch>>,
    start: Head,
    end: Head,
    events: usize,
    bytes: usize,
}

/// What a ring holds after a position.
pub(super) enum After {
    /// Not what comes right after it.
    Gone,
    /// Nothing yet.
    Nothing,
    /// A batch with an event after it, perhaps with some up to it as well.
    Events { batch: Arc<Batch>, is_last: bool },
}

impl Ring {
    pub(super) fn at(place: Head) -> Self {
        Self {
            batches: VecDeque::new(),
            start: place,
            end: place,
            events: 0,
            bytes: 0,
        }
    }

    /// Where the log ends, as far as it is known.
    pub(super) fn end(&self) -> Head {
        self.end
    }

    /// How many events it holds, and about how much memory they take.
    pub(super) fn size(&self) -> (usize, usize) {
        (self.events, self.bytes)
    }

    /// Adds what follows its end, and lets the oldest go.
    pub(super) fn push(&mut self, batch: Batch, options: &FanoutOptions) {
        self.end = batch.after;
        self.events += batch.events.len();
        self.bytes += batch.size;
        self.batches.push_back(Arc::new(batch));
        while self.batches.len() > 1 && (self.events > options.ring_events || self.bytes > options.ring_bytes) {
            if let Some(oldest) = self.batches.pop_front() {
                self.start = oldest.after;
                self.events -= oldest.events.len();
                self.bytes -= oldest.size;
            }
        }
    }

    /// Notes that an epoch has begun at its end.
    pub(super) fn change_epoch(&mut self, end: Head) {
        self.end = end;
    }

    pub(super) fn after(&self, sequence_number: u64) -> After {
        if sequence_number < self.start.sequence_number {
            return After::Gone;
        }
        let next = self
            .batches
            .partition_point(|batch| batch.after.sequence_number <= sequence_number);
        match self.batches.get(next) {
            None => After::Nothing,
            Some(batch) => After::Events {
                batch: Arc::clone(batch),
                is_last: next + 1 == self.batches.len(),
            },
        }
    }
}

impl Batch {
    /// Takes the page that was read after a place, and reads its events once for all filters.
    pub(super) fn new(before: Head, after: Head, page: EventPage) -> Result<Self, DamagedRecord> {
        let mut offset = 0;
        let mut text = String::new();
        let events: Vec<_> = page
            .events()?
            .into_iter()
            .map(|event| {
                text.clear();
                event.write_json(&mut text);
                let range = offset..offset + text.len();
                offset = range.end + 1;
                (event, range)
            })
            .collect();
        // The text, the fields that were read from it, and what each event takes beside.
        let size = page.text().len() * 2 + events.len() * 640;
        Ok(Self {
            before,
            after,
            page: Arc::new(page),
            events,
            size,
        })
    }

    /// The events after a position that match; none if none does.
    pub(super) fn matching(&self, after: u64, filter: &EventFilter) -> Option<Arc<EventPage>> {
        let chosen: Vec<_> = self
            .events
            .iter()
            .filter(|(event, _)| event.sequence_number > after && filter.matches(event))
            .collect();
        if chosen.is_empty() {
            return None;
        }
        if chosen.len() == self.events.len() {
            return Some(Arc::clone(&self.page));
        }
        let mut page = PageBuilder::new(PageLimits::default(), after);
        for (event, range) in chosen {
            let text = &self.page.text()[range.clone()];
            page.push_text(text, event.sequence_number, event.aggregate_version);
        }
        page.advance_to(self.after);
        Some(Arc::new(page.finish(false)))
    }
}

#[cfg(test)]
mod tests {
    use foldlog::core::{
        AggregateId, AggregateType, Epoch, EventId, EventType, JsonText, Link, Timestamp, event::EventContent,
    };

    use super::*;

    fn place(sequence_number: u64) -> Head {
        Head {
            epoch: Epoch::from_random([1; 16]),
            sequence_number,
            link: Link::NONE,
        }
    }

    fn event(sequence_number: u64) -> RecordedEvent {
        RecordedEvent {
            sequence_number,
            recorded_at: Timestamp::from_millis(0),
            aggregate_version: sequence_number,
            content: EventContent {
                id: EventId::from_bytes([1; 16]),
                aggregate_id: AggregateId::parse("ä").unwrap(),
                aggregate_type: AggregateType::parse("thing").unwrap(),
                event_type: EventType::parse(if sequence_number.is_multiple_of(2) {
                    "even"
                } else {
                    "odd"
                })
                .unwrap(),
                schema_version: 1,
                created_at: Timestamp::from_millis(0),
                tags: Vec::new(),
                caused_by: None,
                causation_id: None,
                correlation_id: None,
                metadata: None,
                event_data: JsonText::parse("\"é,{\"").unwrap(),
            },
        }
    }

    fn batch(first: u64, last: u64) -> Batch {
        let mut page = PageBuilder::new(PageLimits::default(), first - 1);
        for number in first..=last {
            let mut text = String::new();
            event(number).write_json(&mut text);
            page.push_text(&text, number, number);
        }
        Batch::new(place(first - 1), place(last), page.finish(true)).unwrap()
    }

    fn numbers(ring: &Ring, after: u64, filter: &EventFilter) -> Option<Vec<u64>> {
        match ring.after(after) {
            After::Gone | After::Nothing => None,
            After::Events { batch, .. } => {
                let events = batch.matching(after, filter)?.events().unwrap();
                Some(events.iter().map(|event| event.sequence_number).collect())
            }
        }
    }

    #[test]
    fn it_gives_what_comes_right_after_a_position() {
        let options = FanoutOptions {
            ring_events: 6,
            ..FanoutOptions::default()
        };
        let mut ring = Ring::at(place(10));
        assert!(matches!(ring.after(9), After::Gone));
        assert!(matches!(ring.after(10), After::Nothing));
        for (first, last) in [(11, 12), (13, 15), (16, 16)] {
            ring.push(batch(first, last), &options);
        }
        let all = EventFilter::default();
        assert_eq!(numbers(&ring, 10, &all).unwrap(), [11, 12]);
        assert_eq!(numbers(&ring, 11, &all).unwrap(), [12]);
        assert_eq!(numbers(&ring, 13, &all).unwrap(), [14, 15]);
        assert!(matches!(ring.after(15), After::Events { is_last: true, .. }));
        assert!(matches!(ring.after(16), After::Nothing));
        assert!(
            matches!(ring.after(99), After::Nothing),
            "a reader may be ahead of the follower"
        );
        ring.push(batch(17, 18), &options);
        assert!(matches!(ring.after(11), After::Gone));
        assert_eq!(numbers(&ring, 12, &all).unwrap(), [13, 14, 15]);
        assert_eq!(ring.size().0, 6);
        ring.push(batch(19, 40), &options);
        assert!(
            matches!(ring.after(17), After::Gone),
            "the newest alone is too much, and is kept"
        );
        assert_eq!(numbers(&ring, 38, &all).unwrap(), [39, 40]);
    }

    #[test]
    fn texts_are_cut_out_of_the_page_exactly() {
        let mut ring = Ring::at(place(0));
        ring.push(batch(1, 5), &FanoutOptions::default());
        let even = EventFilter {
            event_types: Some([EventType::parse("even").unwrap()].into()),
            ..EventFilter::default()
        };
        assert_eq!(numbers(&ring, 0, &even).unwrap(), [2, 4]);
        assert_eq!(numbers(&ring, 3, &even).unwrap(), [4]);
        assert_eq!(numbers(&ring, 4, &even), None);
    }
}
