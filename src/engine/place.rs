use crate::{
    core::{Head, MAX_SAFE_INTEGER},
    storage::{Storage, StorageError, StorageErrorKind},
};

/// Enough for the record that holds a place and the next one, if they are small; else the first of them, which is all it takes.
const AROUND_BYTES: usize = 1 << 20;

/// The place of a sequence number; none if the log does not reach that far.
pub(super) async fn of<S: Storage>(storage: &S, sequence_number: u64) -> Result<Option<Head>, StorageError> {
    // No log reaches further, and a backend's keys may not either.
    if sequence_number > MAX_SAFE_INTEGER {
        return Ok(None);
    }
    storage.place(Some(sequence_number)).await
}

/// Checks that the log still has a place that was kept elsewhere.
///
/// # Errors
///
/// `log_rewound`, `epoch_changed` or `log_diverged`, or what the storage failed with.
pub(super) async fn check<S: Storage>(storage: &S, kept: &Head) -> Result<(), StorageError> {
    let number = kept.sequence_number;
    let Some(there) = of(storage, number).await? else {
        return Err(rewound(number));
    };
    if there == *kept || passes(storage, kept).await? {
        return Ok(());
    }
    if there.epoch != kept.epoch {
        return Err(lost(
            StorageErrorKind::EpochChanged,
            number,
            format!(
                "sequence number {number} is in epoch {} of the log, not in {}: the log was restored or moved; start from its beginning",
                there.epoch, kept.epoch
            ),
        ));
    }
    Err(lost(
        StorageErrorKind::LogDiverged,
        number,
        format!(
            "the log has link {} at sequence number {number}, not {}: its history is another one",
            there.link, kept.link
        ),
    ))
}

/// Whether the log leads through a place after which it has changed its epoch.
async fn passes<S: Storage>(storage: &S, place: &Head) -> Result<bool, StorageError> {
    let around = storage
        .read_records(place.sequence_number.checked_sub(1), AROUND_BYTES)
        .await?;
    Ok(around.iter().any(|record| record.passes(place)))
}

/// The error for a sequence number that the log does not reach any more.
pub(super) fn rewound(sequence_number: u64) -> StorageError {
    lost(
        StorageErrorKind::LogRewound,
        sequence_number,
        format!("the log ends before sequence number {sequence_number}, which it is said to have had"),
    )
}

fn lost(kind: StorageErrorKind, sequence_number: u64, message: String) -> StorageError {
    StorageError::new(kind, message).at(sequence_number)
}
