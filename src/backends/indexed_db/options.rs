use std::time::Duration;

use crate::core::{Head, append::Durability};

/// How an IndexedDB log is opened.
#[derive(Clone, Debug)]
pub struct IndexedDbOptions {
    /// Whether each append is flushed to the disk before its receipt; it is, unless chosen otherwise.
    pub durability: IndexedDbDurability,
    /// Whether a log that does not exist is created. An evicted wallet is not a new wallet: say false once it exists.
    pub create: bool,
    /// A head that was remembered elsewhere, which the log must still contain; a log that does not exist is then never created.
    pub expect_head: Option<Head>,
    /// How long opening may wait for other tabs; 10 seconds by default.
    pub open_timeout: Duration,
    /// A deliberately wrong variant, to show that the tests find it.
    #[cfg(feature = "testing")]
    pub sabotage: Sabotage,
    /// Seals when so many events are unsealed instead of the usual number, so that small tests meet sealed logs.
    #[cfg(feature = "testing")]
    pub seal_events: Option<usize>,
}

impl Default for IndexedDbOptions {
    fn default() -> Self {
        Self {
            durability: IndexedDbDurability::Strict,
            create: true,
            expect_head: None,
            open_timeout: Duration::from_secs(10),
            #[cfg(feature = "testing")]
            sabotage: Sabotage::default(),
            #[cfg(feature = "testing")]
            seal_events: None,
        }
    }
}

/// What an append waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexedDbDurability {
    /// The operating system has it: survives the tab and the browser.
    Relaxed,
    /// The disk has it, as far as the browser can tell.
    Strict,
}

impl From<IndexedDbDurability> for Durability {
    fn from(durability: IndexedDbDurability) -> Self {
        match durability {
            IndexedDbDurability::Relaxed => Self::Relaxed,
            IndexedDbDurability::Strict => Self::Strict,
        }
    }
}

/// What a deliberately wrong variant leaves out.
#[cfg(feature = "testing")]
#[derive(Clone, Copy, Debug, Default)]
pub struct Sabotage {
    /// Answers when the write request succeeded, before the transaction completed.
    pub early_answer: bool,
    /// Writes without checking that the log's end is where the tab believes it to be.
    pub no_tail_check: bool,
}
