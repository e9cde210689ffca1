//! Checking what is derived from sealed records: copies, ids, and the note of what is sealed.

use wasm_bindgen::JsValue;

use super::{
    log::Log,
    port::{Transaction, array, as_f64, number, string},
    schema,
    seal::Sealing,
    sealed::Sealed,
};
use crate::{
    core::record::Record,
    storage::{Derived, StorageError},
};

/// Compares what is derived from a sealed record with what sealing it anew would make of it.
pub(super) async fn check(log: &Log, record: Record, so_far: Derived) -> Result<Derived, StorageError> {
    // Genesis and changes of epoch are sealed only together with what follows.
    if record.directory().events.is_empty() {
        return Ok(so_far);
    }
    if record.last_sequence_number() > log.sealed_to() {
        return check_unsealed(log, &record).await.map(|()| so_far);
    }
    let at = record.first_sequence_number();
    let sealing = Sealing::of(
        record,
        Sealed {
            to: so_far.to,
            largest_id: so_far.largest_id,
            index_keys: so_far.index_keys,
        },
    );
    let (sealed, writes) = (sealing.sealed, sealing.writes());
    let values = u64::from(writes.length());
    let answer = log.call(Transaction::compare(writes)).await?;
    if answer.value.is_null() {
        return Ok(Derived {
            has_gap: true,
            ..so_far
        });
    }
    if let Some(store) = string(&answer.value) {
        let message = format!("what {store} holds of the record at sequence number {at} differs from the record");
        return Err(StorageError::corrupted(at, message));
    }
    Ok(Derived {
        values: so_far.values + values,
        has_gap: so_far.has_gap || at != so_far.to + 1,
        to: sealed.to,
        largest_id: sealed.largest_id,
        index_keys: sealed.index_keys,
    })
}

/// Checks that an unsealed record stands under its key: where it stands tells where the log ends.
async fn check_unsealed(log: &Log, record: &Record) -> Result<(), StorageError> {
    let last = record.last_sequence_number();
    let compare = Transaction::compare_unsealed(schema::record_value(record), as_f64(last));
    let answer = array(log.call(compare).await?.value);
    // What was sealed meanwhile stands no more among the commits.
    if answer.get(0).is_truthy() || Sealed::read(&answer.get(1)).is_some_and(|sealed| sealed.to >= last) {
        return Ok(());
    }
    let at = record.first_sequence_number();
    let message = format!("the record at sequence number {at} does not stand where it belongs");
    Err(StorageError::corrupted(at, message))
}

/// Checks that the note of what is sealed fits, and that no other copies and ids stand beside those that were checked: they would be read
/// as well.
pub(super) async fn check_nothing_else(log: &Log, all: Derived) -> Result<(), StorageError> {
    let answer = array(log.call(Transaction::count_derived()).await?.value);
    let note = answer.get(0);
    if all.has_gap || Sealed::read(&note).is_some_and(|note| note.to > all.to) {
        // Sealed meanwhile; the next verification will see all of it.
        return Ok(());
    }
    let expected = (all.to > 0).then_some(Sealed {
        to: all.to,
        largest_id: all.largest_id,
        index_keys: all.index_keys,
    });
    if note != expected.map_or(JsValue::UNDEFINED, |sealed| sealed.note().into()) {
        let message = format!(
            "the note of what is sealed is wrong: the segments end at sequence number {}",
            all.to
        );
        return Err(StorageError::corrupted(all.to, message));
    }
    let count = number(&answer.get(1)).unwrap_or(0);
    if count != all.values {
        let message = format!(
            "there are {count} copies and ids of sealed records instead of {}",
            all.values
        );
        return Err(StorageError::corrupted(0, message));
    }
    // A format number that is missing, too.
    log.check_undamaged()
}
