use sha2::{Digest as _, Sha256};

use crate::core::{Digest, Epoch, Head, Label, Link, event::RecordedEvent};

/// The digest of an event by the description of the format, written apart from the core's: a whole preimage in one buffer.
pub fn reference_digest(event: &RecordedEvent) -> Digest {
    let content = &event.content;
    let mut preimage = b"foldlog.event.1\0".to_vec();
    preimage.extend(content.id.as_bytes());
    preimage.extend(sized(content.aggregate_id.as_str()));
    preimage.extend(sized(content.aggregate_type.as_str()));
    preimage.extend(sized(content.event_type.as_str()));
    preimage.extend(content.schema_version.to_be_bytes());
    preimage.extend(content.created_at.millis().to_be_bytes());
    preimage.extend(size(content.tags.len()));
    for tag in &content.tags {
        preimage.extend(sized(tag.as_str()));
    }
    for reference in [&content.caused_by, &content.causation_id, &content.correlation_id] {
        preimage.extend(optional(reference.as_ref()));
    }
    let metadata = content.metadata.as_ref().map_or("null", |json| json.as_str());
    for payload in [metadata, content.event_data.as_str()] {
        preimage.extend([0, 0, 0]);
        preimage.extend(sized(payload));
    }
    preimage.extend(size(0));
    Digest::from_bytes(Sha256::digest(&preimage).into())
}

/// The link of an append of `events`, which all follow `previous`, by the description of the format.
pub fn reference_link(previous: &Head, events: &[RecordedEvent]) -> Link {
    let recorded_at = events.first().map_or(0, |event| event.recorded_at.millis());
    let mut preimage = beginning(1, previous.epoch, previous, events.len(), recorded_at);
    for event in events {
        preimage.extend(event.aggregate_version.to_be_bytes());
        preimage.extend(reference_digest(event).as_bytes());
    }
    Link::from_bytes(Sha256::digest(&preimage).into())
}

/// The link of the beginning of an epoch, by the description of the format.
pub fn reference_epoch_link(epoch: Epoch, previous: &Head, recorded_at: i64) -> Link {
    Link::from_bytes(Sha256::digest(beginning(2, epoch, previous, 0, recorded_at)).into())
}

fn beginning(kind: u8, epoch: Epoch, previous: &Head, count: usize, recorded_at: i64) -> Vec<u8> {
    let mut preimage = b"foldlog.link.1\0\0".to_vec();
    preimage.push(kind);
    preimage.extend(epoch.as_bytes());
    preimage.extend(previous.link.as_bytes());
    preimage.extend((previous.sequence_number + 1).to_be_bytes());
    preimage.extend(size(count));
    preimage.extend(recorded_at.to_be_bytes());
    preimage.push(0);
    preimage.extend(size(0));
    preimage
}

fn size(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap().to_be_bytes()
}

fn sized(text: &str) -> Vec<u8> {
    [&size(text.len()), text.as_bytes()].concat()
}

fn optional(reference: Option<&Label>) -> Vec<u8> {
    match reference {
        None => vec![0],
        Some(reference) => [vec![1], sized(reference.as_str())].concat(),
    }
}
