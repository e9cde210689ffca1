/// The largest version, sequence number and count: the largest integer that a JavaScript number holds exactly.
pub const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// How large an event and an append may be.
///
/// The size of an event is the number of UTF-8 bytes of its names, tags, references, `eventData` and `metadata`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one event; 1 MiB by default.
    pub event_bytes: usize,
    /// Events of one append; 10,000 by default.
    pub append_events: usize,
    /// Bytes of all events of one append; 16 MiB by default.
    pub append_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            event_bytes: 1 << 20,
            append_events: 10_000,
            append_bytes: 16 << 20,
        }
    }
}
