//! Checking what is derived from sealed records: copies, ids, and the note of what is sealed.

use super::{
    log::Log,
    port::{Transaction, array, number, string},
    seal::Sealing,
    tip::Sealed,
    tip_loader::read_sealed,
};
use crate::{
    core::record::Record,
    storage::{Derived, StorageError},
};

/// Compares what is derived from a sealed record with what sealing it anew would make of it.
pub(super) async fn check(log: &Log, record: Record, so_far: Derived) -> Result<Derived, StorageError> {
    // A record without events is never a segment.
    if record.directory().events.is_empty() || record.last_sequence_number() > log.sealed_to() {
        return Ok(so_far);
    }
    let at = record.first_sequence_number();
    let sealing = Sealing::of(record, None);
    let (sealed, writes) = (sealing.sealed, sealing.writes());
    let values = u64::from(writes.length());
    let answer = log.call(Transaction::compare(writes)).await?;
    if let Some(store) = string(&answer.value) {
        let message = format!("what {store} holds of the record at sequence number {at} differs from the record");
        return Err(StorageError::corrupted(at, message));
    }
    Ok(Derived {
        values: so_far.values + values,
        to: sealed.to,
        largest_id: so_far.largest_id.max(sealed.largest_id),
    })
}

/// Checks that the note of what is sealed fits, and that no other copies and ids stand beside those that were checked: they would be read
/// as well.
pub(super) async fn check_nothing_else(log: &Log, all: Derived) -> Result<(), StorageError> {
    let answer = array(log.call(Transaction::count_derived()).await?.value);
    let note = read_sealed(&answer.get(0))?;
    if note.is_some_and(|note| note.to > all.to) && answer.get(1).is_truthy() {
        // Sealed meanwhile; the next verification will see all of it.
        return Ok(());
    }
    let expected = (all.to > 0).then_some(Sealed {
        to: all.to,
        largest_id: all.largest_id,
    });
    if note != expected {
        let message = format!(
            "the note of what is sealed is wrong: the segments end at sequence number {}",
            all.to
        );
        return Err(StorageError::corrupted(all.to, message));
    }
    let count = number(&answer.get(2)).unwrap_or(0);
    if count != all.values {
        let message = format!(
            "there are {count} copies and ids of sealed records instead of {}",
            all.values
        );
        return Err(StorageError::corrupted(0, message));
    }
    Ok(())
}
