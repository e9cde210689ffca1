use super::{DamagedRecord, Directory, EventEntry, RecordBuilder, decode};
use crate::core::{
    Epoch, Head, Link, Timestamp,
    append::{Durability, StoredAppend, StoredEventKey, epoch_link},
    event::RecordedEvent,
};

/// Whole appends as they are stored: what one transaction wrote, or many of them sealed together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub(super) directory: Box<Directory>,
    pub(super) text: Box<str>,
}

impl Record {
    /// The first record of a new log: it begins `epoch` and holds no events.
    pub fn genesis(epoch: Epoch, now: Timestamp, durability: Durability) -> Self {
        let nothing = Head {
            epoch,
            sequence_number: 0,
            link: Link::NONE,
        };
        let mut builder = RecordBuilder::after(&nothing);
        builder.change_epoch(epoch, now, durability, epoch_link(epoch, &nothing, now));
        builder.finish()
    }

    /// Joins consecutive records into one, their links, ids and texts unchanged; none for no records, a gap between two, or a record
    /// with something that this version does not know and would lose.
    pub fn join<'a>(records: impl IntoIterator<Item = &'a Self>) -> Option<Self> {
        let mut records = records.into_iter();
        let first = records.next().filter(|record| !record.directory.has_unknown)?;
        let mut builder = RecordBuilder::after(&first.directory.before);
        builder.absorb(first);
        for record in records {
            if record.directory.before != builder.head() || record.directory.has_unknown {
                return None;
            }
            builder.absorb(record);
        }
        Some(builder.finish())
    }

    /// The same appends, said to have reached this durability: what another storage reached says nothing here.
    #[must_use]
    pub fn with_durability(mut self, durability: Durability) -> Self {
        for append in &mut self.directory.appends {
            append.durability = durability;
        }
        self
    }

    /// Reads a stored record.
    ///
    /// # Errors
    ///
    /// [`DamagedRecord`] if the directory's checksum or any of its numbers does not fit, or the text has another length.
    pub fn decode(directory: &[u8], text: impl Into<Box<str>>) -> Result<Self, DamagedRecord> {
        let text = text.into();
        let directory = decode::decode(directory)?;
        let end = directory.events.last().map_or(0, |event| event.offset + event.length);
        if end != text.len() {
            let reason = format!("the text has {} bytes, its directory {end}", text.len());
            return Err(DamagedRecord::new(reason));
        }
        let stands_apart = |event: &EventEntry| decode::stands_apart(&text, event.offset, event.length);
        if !directory.events.iter().all(stands_apart) {
            return Err(DamagedRecord::new("an event does not begin right after a comma"));
        }
        Ok(Self { directory, text })
    }

    /// The directory.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// The directory as it is stored.
    pub fn encode_directory(&self) -> Vec<u8> {
        super::encode::encode(&self.directory)
    }

    /// The events' JSON, separated by commas.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The sequence number of the first event; one more than the last one's if the record has no events.
    pub fn first_sequence_number(&self) -> u64 {
        self.directory.before.sequence_number + 1
    }

    /// The sequence number of the last event.
    pub fn last_sequence_number(&self) -> u64 {
        self.directory.before.sequence_number + self.directory.events.len() as u64
    }

    /// Whether the event with this sequence number is one of its events.
    pub fn holds(&self, sequence_number: u64) -> bool {
        (self.first_sequence_number()..=self.last_sequence_number()).contains(&sequence_number)
    }

    /// The JSON of event `index` of the record.
    pub fn event_text(&self, index: usize) -> &str {
        let entry = &self.directory.events[index];
        &self.text[entry.offset..entry.offset + entry.length]
    }

    /// Event `index` of the record.
    ///
    /// # Errors
    ///
    /// [`DamagedRecord`] if its text is not the JSON of an event.
    pub fn event(&self, index: usize) -> Result<RecordedEvent, DamagedRecord> {
        RecordedEvent::read_json(self.event_text(index)).map_err(|reason| {
            let sequence_number = self.directory.sequence_number(index);
            DamagedRecord::new(format!("event {sequence_number}: {reason}"))
        })
    }

    /// The append that holds event `index` of the record.
    pub fn append_with(&self, index: usize) -> StoredAppend {
        let at = self.directory.append_of(index);
        let append = &self.directory.appends[at];
        let events = &self.directory.events[append.first_event..append.first_event + append.event_count];
        StoredAppend {
            first_sequence_number: self.directory.sequence_number(append.first_event),
            recorded_at: append.recorded_at,
            durability: append.durability,
            head: self.directory.head_after(at + 1),
            events: events
                .iter()
                .map(|event| StoredEventKey {
                    id: event.id,
                    digest: event.digest,
                    created_at: event.created_at,
                    aggregate_id: self.directory.aggregates[event.aggregate].0.clone(),
                    aggregate_version: event.aggregate_version,
                })
                .collect(),
        }
    }

    /// Whether the record, or what is right before it, leads through a place: unlike [`Record::place_of`] also through the end of an
    /// append after which an epoch begins.
    pub fn passes(&self, place: &Head) -> bool {
        let link = self
            .directory
            .appends
            .iter()
            .position(|append| append.link == place.link);
        self.directory.before == *place
            || self.place_of(place.sequence_number) == Some(*place)
            || link.is_some_and(|at| self.directory.head_after(at + 1) == *place)
    }

    /// The place of a sequence number in or right before the record: with the link of the append that holds it, or of the epoch that
    /// begins right after it.
    pub fn place_of(&self, sequence_number: u64) -> Option<Head> {
        let events = usize::try_from(sequence_number.checked_sub(self.directory.before.sequence_number)?).ok()?;
        if events > self.directory.events.len() {
            return None;
        }
        let appends = &self.directory.appends;
        let begun = appends.partition_point(|append| append.first_event < events);
        let epochs = appends[begun..]
            .iter()
            .take_while(|append| append.first_event == events && append.event_count == 0);
        let head = self.directory.head_after(begun + epochs.count());
        Some(Head {
            sequence_number,
            ..head
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_the_same_alone_and_joined() {
        let now = Timestamp::from_millis(0);
        let genesis = Record::genesis(Epoch::from_random([1; 16]), now, Durability::Memory);
        let begun = genesis.directory().head();
        let later = Epoch::from_random([2; 16]);
        let mut builder = RecordBuilder::after(&begun);
        builder.change_epoch(later, now, Durability::Memory, epoch_link(later, &begun, now));
        let changed = builder.finish();
        let joined = Record::join([&genesis, &changed]).unwrap();
        assert_eq!(genesis.place_of(0), Some(begun));
        assert_eq!(changed.place_of(0), Some(changed.directory().head()));
        assert_eq!(joined.place_of(0), changed.place_of(0));
        assert_eq!(joined.place_of(1), None);
    }
}
