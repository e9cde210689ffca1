use sha2::{Digest as _, Sha256};

use super::{
    DamagedRecord, Record,
    bytes::{damaged, write_number},
    decode::{open, read_extent, read_version, stands_apart},
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
        let mut reader = open(directory, "copy")?;
        let mut excerpt = Self {
            entries: Vec::new(),
            text,
        };
        let (mut sequence_number, mut offset) = (0_u64, 0_usize);
        for _ in 0..reader.count()? {
            let step = reader.number()?;
            sequence_number = sequence_number.saturating_add(step);
            if step == 0 || sequence_number > MAX_SAFE_INTEGER {
                return Err(damaged("a sequence number of the copy is out of range"));
            }
            let aggregate_version = read_version(&mut reader)?;
            let (length, surplus) = read_extent(&mut reader, offset)?;
            if !stands_apart(&excerpt.text, offset, length) {
                return Err(damaged("an event of the copy does not begin right after a comma"));
            }
            let entry = ExcerptEntry {
                sequence_number,
                aggregate_version,
                offset,
                length,
                surplus,
            };
            offset += length + 1;
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

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(directory: &[u8], text: &str) -> Result<Excerpt, DamagedRecord> {
        let checksum = Sha256::digest(directory);
        Excerpt::decode(&[directory, &checksum[..CHECKSUM]].concat(), text.to_owned())
    }

    #[test]
    fn a_copy_is_held_to_what_a_record_is() {
        assert!(decoded(&[1, 2, 1, 1, 2, 0, 1, 2, 2, 0], "{},{}").is_ok());
        for (directory, text) in [
            (&[0, 0][..], ""),
            (&[1, 1, 1, 1, 0, 0], ""),
            (&[1, 1, 1, 0, 2, 0], "{}"),
            (&[1, 1, 0, 1, 2, 0], "{}"),
            (&[1, 1, 1, 1, 2, 2], "{}"),
            (&[1, 1, 1, 1, 2, 0], "{},"),
            (&[1, 1, 1, 1, 0x82, 0, 0], "{}"),
            (&[1, 2, 1, 1, 2, 0, 1, 2, 2, 0], "{};{}"),
        ] {
            let damage = decoded(directory, text).unwrap_err();
            assert!(!damage.unsupported, "{directory:?}: {damage}");
        }
    }

    #[test]
    fn a_later_format_is_told_before_its_checksum() {
        assert!(Excerpt::decode(&[2], String::new()).unwrap_err().unsupported);
    }
}
