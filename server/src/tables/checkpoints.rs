use foldlog::{
    core::{CheckpointName, Cursor, append::CheckpointMove},
    storage::{CheckpointError, Outcome, StorageError},
};

use super::{head_of, number, uuid};
use crate::{log::Log, sql};

/// The stored position of a consumer.
pub(crate) async fn read_checkpoint(log: &Log, name: &CheckpointName) -> Result<Option<Cursor>, StorageError> {
    let rows = log.query((sql::CHECKPOINT, &[&&*log.name, &name.as_str()])).await?;
    Ok(rows.first().map(head_of))
}

/// Moves the stored position of a consumer if it stands where it is expected to.
///
/// A connection that is lost meanwhile does not hide the outcome: if the position is where it was to go, it has moved.
pub(crate) async fn save_checkpoint(log: &Log, step: &CheckpointMove) -> Result<(), CheckpointError> {
    let mut was_lost = false;
    loop {
        match try_to_move(log, step).await {
            Ok(true) => return Ok(()),
            Ok(false) => {
                let actual = read_checkpoint(log, &step.name)
                    .await
                    .map_err(|error| unknown(error, was_lost))?;
                return if was_lost && actual == Some(step.to) {
                    Ok(())
                } else {
                    Err(CheckpointError::Conflict { actual })
                };
            }
            Err(failure) if failure.is_lost() && !was_lost => was_lost = true,
            Err(failure) => {
                let is_lost = was_lost || failure.is_lost();
                return Err(unknown(failure.into_error(), is_lost));
            }
        }
    }
}

async fn try_to_move(log: &Log, step: &CheckpointMove) -> Result<bool, crate::database::Failure> {
    let (epoch, to) = (uuid(step.to.epoch.as_bytes()), number(step.to.sequence_number));
    let link = &step.to.link.as_bytes()[..];
    let lease = log.database.lease().await?;
    let rows = match &step.from {
        None => {
            lease
                .all(&[(
                    sql::INSERT_CHECKPOINT,
                    &[&&*log.name, &step.name.as_str(), &epoch, &to, &link],
                )])
                .await?
        }
        Some(from) => {
            let (old_epoch, old) = (uuid(from.epoch.as_bytes()), number(from.sequence_number));
            let old_link = &from.link.as_bytes()[..];
            lease
                .all(&[(
                    sql::MOVE_CHECKPOINT,
                    &[
                        &&*log.name,
                        &step.name.as_str(),
                        &epoch,
                        &to,
                        &link,
                        &old_epoch,
                        &old,
                        &old_link,
                    ],
                )])
                .await?
        }
    };
    Ok(rows.iter().any(|rows| !rows.is_empty()))
}

fn unknown(error: StorageError, is_lost: bool) -> CheckpointError {
    let outcome = if is_lost {
        Outcome::Unknown
    } else {
        Outcome::NotCommitted
    };
    CheckpointError::Storage(error.with_outcome(outcome))
}
