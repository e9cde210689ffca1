use sha2::{Digest as _, Sha256};

use crate::core::{Digest, Epoch, Head, Link, Timestamp};

/// What every link begins with, so that it can never be mistaken for another hash.
const DOMAIN: &[u8; 16] = b"foldlog.link.1\0\0";
const KIND_APPEND: u8 = 1;
const KIND_EPOCH: u8 = 2;

/// What a link covers of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkedEvent {
    /// The event's version in its aggregate.
    pub aggregate_version: u64,
    /// The digest of its content.
    pub digest: Digest,
}

/// The link of an append of `events` right after `previous`; `docs/storage-format.md` gives every byte.
pub fn append_link(previous: &Head, recorded_at: Timestamp, events: &[LinkedEvent]) -> Link {
    let mut hash = begin(KIND_APPEND, previous.epoch, previous, events.len(), recorded_at);
    for event in events {
        hash.update(event.aggregate_version.to_be_bytes());
        hash.update(event.digest.as_bytes());
    }
    Link::from_bytes(hash.finalize().into())
}

/// The link of the beginning of `epoch`, which continues `previous` or, with [`Link::NONE`] at sequence number 0, begins a log.
pub fn epoch_link(epoch: Epoch, previous: &Head, recorded_at: Timestamp) -> Link {
    Link::from_bytes(begin(KIND_EPOCH, epoch, previous, 0, recorded_at).finalize().into())
}

fn begin(kind: u8, epoch: Epoch, previous: &Head, count: usize, recorded_at: Timestamp) -> Sha256 {
    let mut hash = Sha256::new();
    hash.update(DOMAIN);
    hash.update([kind]);
    hash.update(epoch.as_bytes());
    hash.update(previous.link.as_bytes());
    hash.update((previous.sequence_number + 1).to_be_bytes());
    // An append has at most 10,000 events by default and never 4 billion.
    hash.update(u32::try_from(count).unwrap_or(u32::MAX).to_be_bytes());
    hash.update(recorded_at.millis().to_be_bytes());
    hash.update([0]); // author block: none yet
    hash.update([0; 4]); // extensions: none are defined yet
    hash
}
