//! The note of how far a log is sealed.

use wasm_bindgen::JsValue;

use super::port::string;
use crate::core::{
    EventId,
    record::{checked, read_checked},
};

/// How far a log is sealed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sealed {
    pub(super) to: u64,
    /// The largest time-ordered id that is sealed: a larger one need not be looked up.
    pub(super) largest_id: Option<EventId>,
    /// The checksums of all keys in `seg_ids`, combined by exclusive or: it tells whether one is missing.
    pub(super) index_keys: u64,
}

/// The key of the note in `meta`.
const KEY: &str = "sealed";

impl Sealed {
    /// As far as the unsealed records tell that begin after a sequence number: any id may be sealed.
    pub(super) fn before(first: u64) -> Self {
        Self {
            to: first.saturating_sub(1),
            largest_id: Some(EventId::from_bytes([0xff; 16])),
            index_keys: 0,
        }
    }

    /// The note as it is stored: one for each state, so that two can be compared.
    pub(super) fn note(&self) -> String {
        let largest_id = self.largest_id.map(|id| id.to_string()).unwrap_or_default();
        checked(KEY, &format!("{} {largest_id} {}", self.to, self.index_keys))
    }

    /// Reads the note that is stored; none before the first seal, and for one that is not as it was written.
    pub(super) fn read(note: &JsValue) -> Option<Self> {
        Self::parse(read_checked(KEY, &string(note)?)?)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(' ');
        Some(Self {
            to: parts.next()?.parse().ok()?,
            largest_id: EventId::parse(parts.next()?).ok(),
            index_keys: parts.next()?.parse().ok()?,
        })
    }
}
