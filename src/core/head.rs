use std::fmt::Write as _;

use super::{Epoch, InvalidInput, JsonCursor, Link};

/// A place in a log: with what it links to, it proves that nothing before it is missing or altered.
///
/// The head of a log is the place of its last event; sequence number 0 is the place before the first.
/// Inside an append, the link is that of the whole append.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The epoch in which the place was appended.
    pub epoch: Epoch,
    /// The sequence number of the event.
    pub sequence_number: u64,
    /// The link of the append that holds the event.
    pub link: Link,
}

/// A position in a log that can be kept and resumed from: the same three values as a [`Head`], as one opaque text.
pub type Cursor = Head;

impl Head {
    /// Writes `{"epoch","sequenceNumber","link"}`.
    pub fn write_json(&self, out: &mut String) {
        // Writing to a String does not fail.
        let _ = write!(
            out,
            "{{\"epoch\":\"{}\",\"sequenceNumber\":{},\"link\":\"{}\"}}",
            self.epoch, self.sequence_number, self.link
        );
    }

    /// Reads what [`Head::write_json`] writes, its members in any order.
    ///
    /// # Errors
    ///
    /// Names the member that is missing, unknown or malformed.
    pub fn read_json(cursor: &mut JsonCursor<'_>) -> Result<Self, InvalidInput> {
        let (mut epoch, mut sequence_number, mut link) = (None, None, None);
        cursor.members(&["epoch", "sequenceNumber", "link"], &mut |cursor, name| {
            match name {
                "epoch" => epoch = Some(cursor.text(Epoch::parse)?),
                "link" => link = Some(cursor.text(Link::parse)?),
                _ => sequence_number = Some(cursor.integer()?),
            }
            Ok(())
        })?;
        let missing = |field: &str| InvalidInput::argument(field, "is missing");
        Ok(Self {
            epoch: epoch.ok_or_else(|| missing("epoch"))?,
            sequence_number: sequence_number.ok_or_else(|| missing("sequenceNumber"))?,
            link: link.ok_or_else(|| missing("link"))?,
        })
    }

    /// The opaque text of a cursor: epoch, sequence number and link, separated by colons.
    pub fn to_cursor(&self) -> String {
        format!("{}:{}:{}", self.epoch, self.sequence_number, self.link)
    }

    /// Reads what [`Head::to_cursor`] writes.
    ///
    /// # Errors
    ///
    /// The reason, for any other text.
    pub fn from_cursor(text: &str) -> Result<Self, String> {
        let refuse = || "is not a cursor of this store".to_owned();
        let mut parts = text.split(':');
        let (Some(epoch), Some(number), Some(link), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(refuse());
        };
        let sequence_number = number.parse().map_err(|_| refuse())?;
        if sequence_number > super::MAX_SAFE_INTEGER {
            return Err(refuse());
        }
        let cursor = Self {
            epoch: Epoch::parse(epoch).map_err(|_| refuse())?,
            sequence_number,
            link: Link::parse(link).map_err(|_| refuse())?,
        };
        // One text for one place, so that cursors can be compared as texts.
        if cursor.to_cursor() == text {
            Ok(cursor)
        } else {
            Err(refuse())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_survives_json_and_cursor() {
        let head = Head {
            epoch: Epoch::from_random([7; 16]),
            sequence_number: 42,
            link: Link::from_bytes([0xab; 32]),
        };
        let mut json = String::new();
        head.write_json(&mut json);
        assert_eq!(Head::read_json(&mut JsonCursor::new(&json)).unwrap(), head);
        assert_eq!(Head::from_cursor(&head.to_cursor()).unwrap(), head);
        for text in ["", "1", "::", "a:1:b", "07070707-0707-4707-8707-070707070707:1:00:"] {
            assert!(Head::from_cursor(text).is_err(), "{text}");
        }
    }
}
