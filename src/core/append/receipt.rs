use std::fmt::Write as _;

use crate::core::{AggregateId, Head, write_json_string};

/// How safe an append was when its receipt was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// In memory only: gone with the process.
    Memory,
    /// Handed to the operating system: survives the tab and the browser, perhaps not a power loss.
    Relaxed,
    /// Flushed to the disk, as far as the browser can tell.
    Strict,
    /// Committed by a server.
    Remote,
}

impl Durability {
    const ALL: [Self; 4] = [Self::Memory, Self::Relaxed, Self::Strict, Self::Remote];

    /// The durability with this word.
    ///
    /// # Errors
    ///
    /// The reason, for any other word.
    pub fn parse(word: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|durability| durability.as_str() == word);
        found.ok_or_else(|| "is no durability".to_owned())
    }

    /// The word for it in the public API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Relaxed => "relaxed",
            Self::Strict => "strict",
            Self::Remote => "remote",
        }
    }
}

/// What an append returns, given only when its transaction completed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The sequence number of the append's first event.
    pub first_sequence_number: u64,
    /// The sequence number of the append's last event, and the head's.
    pub last_sequence_number: u64,
    /// The version of each aggregate written, after this append, in the order of their first events.
    pub versions: Vec<(AggregateId, u64)>,
    /// The head of the log right after this append.
    pub head: Head,
    /// What was reached when the append was stored.
    pub durability: Durability,
    /// Whether the append was stored before and this call wrote nothing.
    pub replayed: bool,
}

impl Receipt {
    /// Writes the receipt in the vocabulary of the public API; `versions` is an array of pairs, since any text may be an id.
    pub fn write_json(&self, out: &mut String) {
        // Writing to a String does not fail.
        let _ = write!(
            out,
            "{{\"firstSequenceNumber\":{},\"lastSequenceNumber\":{},\"versions\":[",
            self.first_sequence_number, self.last_sequence_number
        );
        for (index, (id, version)) in self.versions.iter().enumerate() {
            out.push_str(if index > 0 { ",[" } else { "[" });
            write_json_string(out, id.as_str());
            let _ = write!(out, ",{version}]");
        }
        out.push_str("],\"head\":");
        self.head.write_json(out);
        let _ = write!(
            out,
            ",\"durability\":\"{}\",\"replayed\":{}}}",
            self.durability.as_str(),
            self.replayed
        );
    }
}
