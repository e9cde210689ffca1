use super::{log::Log, transport::Transport};
use crate::{
    core::Head,
    storage::{StorageError, StorageErrorKind},
};

/// Enough for the append that holds a place and for the changes of epoch around it, which are small; one restore makes one.
const AROUND_BYTES: usize = 64 << 10;

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
            if !passes(log, &known).await? {
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

/// Whether the log leads through a place after which it has changed its epoch.
async fn passes<T: Transport>(log: &Log<T>, place: &Head) -> Result<bool, StorageError> {
    let number = place.sequence_number;
    // What holds the place, however large, and then what follows it: several changes of epoch may stand at one number.
    for after in [number.checked_sub(1), Some(number)] {
        let around = log.records(after, AROUND_BYTES).await?;
        if around.iter().any(|record| record.passes(place)) {
            return Ok(true);
        }
    }
    Ok(false)
}
