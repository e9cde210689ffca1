//! Reading the tip: when the log is opened, and whenever it may have moved.

use wasm_bindgen::JsValue;

use super::{
    port::{Transaction, array, get, key_range_after, key_range_from, number, request, string},
    schema::{self, COMMITS, META, META_FORMAT, META_SEALED, SEGMENTS},
    tip::{Sealed, Tip},
    trouble::Trouble,
};
use crate::{
    core::{EventId, Head, record::Record},
    storage::{StorageError, StorageErrorKind},
};

/// The stores that [`load_tip`] and [`refresh_tip`] read.
pub(super) const TIP_STORES: [&str; 3] = [META, COMMITS, SEGMENTS];

/// What became of a tip that was read again.
pub(super) enum Refreshed {
    /// These records follow it; perhaps none.
    Extended {
        records: Vec<Record>,
        sealed: Option<Sealed>,
    },
    /// Others have appended and sealed beyond it: this is the new one.
    Replaced(Tip),
}

/// Reads the tip from nothing; how long the log is does not matter.
pub(super) async fn load_tip(transaction: &Transaction) -> Result<Tip, Trouble> {
    let format = request(transaction.store(META)?.get(&META_FORMAT.into())).await?;
    match format.as_f64() {
        Some(format) if format > schema::FORMAT => {
            let message = format!(
                "the log has layout {format}; this version reads up to {}: use a newer version",
                schema::FORMAT
            );
            return Err(StorageError::new(StorageErrorKind::UnsupportedFormat, message).into());
        }
        Some(_) => {}
        None => return Err(StorageError::corrupted(0, "the log has no format number").into()),
    }
    let sealed = read_sealed(transaction).await?;
    let records = read_commits(request(transaction.store(COMMITS)?.get_all()).await?)?;
    let begins = sealed.map_or(0, |sealed| sealed.to);
    Tip::new(sealed, records)
        .filter(|tip| {
            tip.tail()
                .next()
                .is_some_and(|first| first.first_sequence_number() == begins + 1)
        })
        .ok_or_else(|| {
            StorageError::corrupted(begins + 1, "the newest appends are missing or do not follow each other").into()
        })
}

/// Reads what was appended after `head`, proving that the log still holds it.
pub(super) async fn refresh_tip(transaction: &Transaction, head: Head) -> Result<Refreshed, Trouble> {
    let sealed = read_sealed(transaction).await?;
    let commits = transaction.store(COMMITS)?;
    let from = schema::key(head.sequence_number);
    let mut records = read_commits(request(commits.get_all_with_key(&key_range_from(&from)?)).await?)?;
    let held = records.iter().position(|record| record.directory().head() == head);
    if let Some(held) = held {
        return Ok(Refreshed::Extended {
            records: records.split_off(held + 1),
            sealed,
        });
    }
    let place = sealed_place(transaction, head.sequence_number).await?;
    if place == Some(head) {
        return Ok(Refreshed::Replaced(load_tip(transaction).await?));
    }
    let message = format!(
        "the log no longer holds sequence number {} with the link that it had: the browser lost data or another profile was put in its place",
        head.sequence_number
    );
    Err(StorageError::corrupted(head.sequence_number, message).into())
}

/// Whether the log ends exactly at `last_sequence_number`: nothing after it, and it is not sealed, for the newest record never is.
pub(super) async fn ends_at(transaction: &Transaction, newest_key: &JsValue) -> Result<bool, Trouble> {
    let keys = request(
        transaction
            .store(COMMITS)?
            .get_all_keys_with_key_and_limit(&key_range_from(newest_key)?, 2),
    )
    .await?;
    let keys = array(keys);
    Ok(keys.length() == 1 && keys.get(0) == *newest_key)
}

/// The unsealed records after a sequence number.
pub(super) async fn commits_after(transaction: &Transaction, sequence_number: u64) -> Result<Vec<Record>, Trouble> {
    let range = key_range_after(&schema::key(sequence_number))?;
    read_commits(request(transaction.store(COMMITS)?.get_all_with_key(&range)).await?)
}

/// How far the log is sealed.
pub(super) async fn read_sealed(transaction: &Transaction) -> Result<Option<Sealed>, Trouble> {
    let value = request(transaction.store(META)?.get(&META_SEALED.into())).await?;
    if value.is_undefined() {
        return Ok(None);
    }
    let to = number(&get(&value, "to"))
        .ok_or_else(|| StorageError::corrupted(0, "the note of what is sealed is damaged"))?;
    let largest_id = string(&get(&value, "largestId")).and_then(|id| EventId::parse(&id).ok());
    Ok(Some(Sealed { to, largest_id }))
}

/// The place of a sequence number in the segments.
pub(super) async fn sealed_place(transaction: &Transaction, sequence_number: u64) -> Result<Option<Head>, Trouble> {
    Ok(segment_with(transaction, sequence_number)
        .await?
        .and_then(|segment| segment.place_of(sequence_number)))
}

/// The segment that holds a sequence number.
pub(super) async fn segment_with(transaction: &Transaction, sequence_number: u64) -> Result<Option<Record>, Trouble> {
    let range = key_range_from(&schema::key(sequence_number))?;
    let found = array(request(transaction.store(SEGMENTS)?.get_all_with_key_and_limit(&range, 1)).await?);
    if found.length() == 0 {
        return Ok(None);
    }
    schema::read_record(&found.get(0))
        .map(Some)
        .map_err(|damage| Trouble::damage(sequence_number, &damage))
}

fn read_commits(values: JsValue) -> Result<Vec<Record>, Trouble> {
    let read = |value: JsValue| {
        schema::read_record(&value).map_err(|damage| Trouble::damage(number(&get(&value, "f")).unwrap_or(0), &damage))
    };
    array(values).iter().map(read).collect()
}
