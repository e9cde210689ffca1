use super::{log::Log, transport::Transport};
use crate::{
    core::Head,
    storage::{StorageError, StorageErrorKind},
};

/// Enough for the append that holds a place.
const AROUND_BYTES: usize = 1;

/// Holds a head that the server told against the newest one that was known when it was asked; from then on it is known.
///
/// # Errors
///
/// `log_rewound` if the log ends before that, `log_diverged` or `epoch_changed` if it has another history.
pub(super) async fn check_head<T: Transport>(
    log: &Log<T>,
    known: Option<Head>,
    told: Head,
) -> Result<(), StorageError> {
    // A log without events may be restored, and is another one then.
    if let Some(known) = known.filter(|known| known.sequence_number > 0) {
        let number = known.sequence_number;
        if told.sequence_number < number {
            let message = format!(
                "the log ends at sequence number {}, though it had {number}: events were lost on the server",
                told.sequence_number
            );
            return Err(StorageError::new(StorageErrorKind::LogRewound, message).at(told.sequence_number));
        }
        if told.epoch != known.epoch {
            let around = log.records(number.checked_sub(1), AROUND_BYTES).await?;
            if !around.iter().any(|record| record.passes(&known)) {
                let message = format!(
                    "the log is in epoch {}, and what it had in epoch {} is not in its history: it was restored on the server",
                    told.epoch, known.epoch
                );
                return Err(StorageError::new(StorageErrorKind::EpochChanged, message).at(number));
            }
        } else if told.sequence_number == number && told.link != known.link {
            let message = format!("the log has another history at sequence number {number} than it had before");
            return Err(StorageError::new(StorageErrorKind::LogDiverged, message).at(number));
        }
    }
    log.see(told);
    Ok(())
}
