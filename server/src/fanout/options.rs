use std::time::Duration;

/// How the streams of a log are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FanoutOptions {
    /// The most events kept in memory for all streams of a log.
    pub ring_events: usize,
    /// About how much memory they may take; the newest read is kept, however large.
    pub ring_bytes: usize,
    /// After how long without an item a stream tells its position.
    pub heartbeat: Duration,
    /// How long a stream may leave what it is given before it is ended as slow.
    pub patience: Duration,
    /// The most events of an item.
    pub page_events: usize,
    /// The bytes after which no further event is added to an item.
    pub page_bytes: usize,
    /// After how many events that do not match a stream is told its position before the heartbeat.
    pub skipped: u64,
}

impl Default for FanoutOptions {
    fn default() -> Self {
        Self {
            ring_events: 2_000,
            ring_bytes: 2 << 20,
            heartbeat: Duration::from_secs(15),
            patience: Duration::from_secs(30),
            page_events: 500,
            page_bytes: 256 << 10,
            skipped: 1_000,
        }
    }
}
