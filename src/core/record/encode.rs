use sha2::{Digest as _, Sha256};

use super::{
    AppendEntry, AppendKind, Directory, EventEntry,
    bytes::{write_number, write_text},
};
use crate::core::append::Durability;

/// The format number that every directory begins with.
pub(super) const FORMAT: u8 = 1;
pub(super) const KIND_EVENTS: u8 = 1;
pub(super) const KIND_EPOCH_CHANGE: u8 = 2;
/// The length of the checksum at the end: the first bytes of the SHA-256 of all bytes before.
pub(super) const CHECKSUM: usize = 8;

pub(super) fn encode(directory: &Directory) -> Vec<u8> {
    let mut out = Vec::with_capacity(96 + directory.appends.len() * 48 + directory.events.len() * 64);
    out.push(FORMAT);
    write_number(&mut out, 0); // extensions of the record
    out.extend_from_slice(directory.before.epoch.as_bytes());
    out.extend_from_slice(directory.before.link.as_bytes());
    write_number(&mut out, directory.before.sequence_number);
    write_number(&mut out, directory.aggregates.len() as u64);
    for (id, aggregate_type) in &directory.aggregates {
        write_text(&mut out, id.as_str());
        write_text(&mut out, aggregate_type.as_str());
    }
    write_number(&mut out, directory.event_types.len() as u64);
    for event_type in &directory.event_types {
        write_text(&mut out, event_type.as_str());
    }
    write_number(&mut out, directory.appends.len() as u64);
    for append in &directory.appends {
        write_append(&mut out, append);
        for event in &directory.events[append.first_event..append.first_event + append.event_count] {
            write_event(&mut out, event, append);
        }
    }
    let checksum = Sha256::digest(&out);
    out.extend_from_slice(&checksum[..CHECKSUM]);
    out
}

fn write_append(out: &mut Vec<u8>, append: &AppendEntry) {
    match append.kind {
        AppendKind::Events => out.push(KIND_EVENTS),
        AppendKind::EpochChange(epoch) => {
            out.push(KIND_EPOCH_CHANGE);
            out.extend_from_slice(epoch.as_bytes());
        }
    }
    out.push(match append.durability {
        Durability::Memory => 0,
        Durability::Relaxed => 1,
        Durability::Strict => 2,
        Durability::Remote => 3,
    });
    out.extend_from_slice(&append.recorded_at.millis().to_be_bytes());
    write_number(out, 0); // author block: none yet
    write_number(out, 0); // extensions of the append
    out.extend_from_slice(append.link.as_bytes());
    write_number(out, append.event_count as u64);
}

fn write_event(out: &mut Vec<u8>, event: &EventEntry, append: &AppendEntry) {
    write_number(out, event.aggregate as u64);
    write_number(out, event.event_type as u64);
    write_number(out, event.aggregate_version);
    out.extend_from_slice(event.id.as_bytes());
    out.extend_from_slice(event.digest.as_bytes());
    write_number(out, zigzag(event.created_at.millis() - append.recorded_at.millis()));
    write_number(out, event.length as u64);
    write_number(out, event.surplus as u64);
    out.push(0); // payload format: JSON text
}

/// Small numbers of either sign as small unsigned ones.
fn zigzag(number: i64) -> u64 {
    (number << 1 ^ number >> 63).cast_unsigned()
}
