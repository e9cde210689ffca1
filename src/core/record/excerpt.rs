use sha2::{Digest as _, Sha256};

use super::{
    DamagedRecord, Record,
    bytes::{Reader, damaged, write_number},
    encode::{CHECKSUM, FORMAT},
};
use crate::core::MAX_SAFE_INTEGER;

/// A copy of some events of sealed records, ordered by sequence number: those of one aggregate or of one type.
///
/// It is derived and can be rebuilt; the records are the truth.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Excerpt {
    entries: Vec<ExcerptEntry>,
    text: String,
}

/// One event of an excerpt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExcerptEntry {
    /// Its sequence number.
    pub sequence_number: u64,
    /// Its version in its aggregate.
    pub aggregate_version: u64,
    offset: usize,
    length: usize,
    surplus: usize,
}

impl Excerpt {
    /// Adds event `index` of a record, which follows all events added before.
    pub fn push(&mut self, record: &Record, index: usize) {
        let entry = &record.directory().events[index];
        let offset = self.begin_text();
        self.text.push_str(record.event_text(index));
        self.entries.push(ExcerptEntry {
            sequence_number: record.directory().sequence_number(index),
            aggregate_version: entry.aggregate_version,
            offset,
            length: entry.length,
            surplus: entry.surplus,
        });
    }

    /// Adds all events of an excerpt, which follow all events added before.
    pub fn absorb(&mut self, other: &Self) {
        if other.entries.is_empty() {
            return;
        }
        let shift = self.begin_text();
        self.text.push_str(&other.text);
        self.entries.extend(other.entries.iter().map(|entry| ExcerptEntry {
            offset: entry.offset + shift,
            ..*entry
        }));
    }

    /// Its events, in order.
    pub fn entries(&self) -> &[ExcerptEntry] {
        &self.entries
    }

    /// The JSON of event `index` of the excerpt.
    pub fn event_text(&self, index: usize) -> &str {
        let entry = &self.entries[index];
        &self.text[entry.offset..entry.offset + entry.length]
    }

    /// The events' JSON, separated by commas.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The directory as it is stored.
    pub fn encode_directory(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(16 + self.entries.len() * 8);
        out.push(FORMAT);
        write_number(&mut out, self.entries.len() as u64);
        let mut previous = 0;
        for entry in &self.entries {
            write_number(&mut out, entry.sequence_number - previous);
            write_number(&mut out, entry.aggregate_version);
            write_number(&mut out, entry.length as u64);
            write_number(&mut out, entry.surplus as u64);
            previous = entry.sequence_number;
        }
        let checksum = Sha256::digest(&out);
        out.extend_from_slice(&checksum[..CHECKSUM]);
        out
    }

    /// Reads a stored excerpt.
    ///
    /// # Errors
    ///
    /// [`DamagedRecord`] if the checksum or any number does not fit, or the text has another length.
    pub fn decode(directory: &[u8], text: String) -> Result<Self, DamagedRecord> {
        let content = directory
            .len()
            .checked_sub(CHECKSUM)
            .ok_or_else(|| damaged("the directory ends too early"))?;
        let (content, checksum) = directory.split_at(content);
        if Sha256::digest(content)[..CHECKSUM] != *checksum {
            return Err(damaged("the checksum of the directory does not fit"));
        }
        let mut reader = Reader::new(content);
        if reader.byte()? != FORMAT {
            return Err(DamagedRecord::unsupported("the copy has an unknown format"));
        }
        let mut excerpt = Self {
            entries: Vec::new(),
            text,
        };
        let (mut sequence_number, mut offset) = (0_u64, 0_usize);
        for _ in 0..reader.count()? {
            let step = reader.number()?;
            sequence_number = sequence_number.saturating_add(step);
            let entry = ExcerptEntry {
                sequence_number,
                aggregate_version: reader.number()?,
                offset,
                length: reader.length()?,
                surplus: reader.length()?,
            };
            if step == 0
                || sequence_number > MAX_SAFE_INTEGER
                || excerpt.text.get(offset..offset + entry.length).is_none()
            {
                return Err(damaged("an event of the copy is out of range"));
            }
            offset += entry.length + 1;
            excerpt.entries.push(entry);
        }
        if !reader.is_empty() || excerpt.text.len() != offset.saturating_sub(1) {
            return Err(damaged("the copy is longer than its directory says"));
        }
        Ok(excerpt)
    }

    fn begin_text(&mut self) -> usize {
        if !self.text.is_empty() {
            self.text.push(',');
        }
        self.text.len()
    }
}
