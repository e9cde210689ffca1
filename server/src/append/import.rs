use std::collections::BTreeSet;

use foldlog::{
    core::{Head, append::Durability, export::check_import, record::Record},
    storage::{ImportError, ImportStep, Outcome, StorageError},
};

use super::transaction::{Change, Locked, Trouble, lock};
use crate::{database::FailureKind, log::Log};

/// Stores a record of an export as it is, if the log ends right before it, and answers where the log ends then.
pub(crate) async fn import(log: &Log, record: Record, step: ImportStep) -> Result<Head, ImportError> {
    let record = record.with_durability(Durability::Remote);
    let options = &log.database.options;
    let (mut tries, mut issued) = (0, false);
    loop {
        let (failure, writing) = match try_import(log, &record, step).await {
            Ok(head) => {
                log.announce();
                return Ok(head);
            }
            // Stored by the write that this call lost sight of.
            Err(Stop::Answer(ImportError::Elsewhere(head))) if issued && head == record.directory().head() => {
                log.announce();
                return Ok(head);
            }
            Err(Stop::Answer(error)) => return Err(error),
            Err(Stop::Trouble(Trouble::Refused(error))) => return Err(fail(log, error, issued)),
            Err(Stop::Trouble(Trouble::Failed { failure, writing })) => (failure, writing),
        };
        let most = match failure.kind {
            FailureKind::Lost => options.reconnect_retries,
            FailureKind::Serialization => options.serialization_retries,
            _ => 0,
        };
        issued |= writing && failure.is_lost();
        if tries >= most {
            return Err(fail(log, failure.into_error(), issued));
        }
        log.database.pause(tries + 3, 400).await;
        tries += 1;
    }
}

enum Stop {
    Answer(ImportError),
    Trouble(Trouble),
}

impl From<Trouble> for Stop {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

async fn try_import(log: &Log, record: &Record, step: ImportStep) -> Result<Head, Stop> {
    let directory = record.directory();
    let ids: Vec<_> = directory.events.iter().map(|event| event.id).collect();
    let aggregates: BTreeSet<_> = directory.aggregates.iter().map(|(id, _)| id).collect();
    let aggregates: Vec<_> = aggregates.into_iter().collect();
    let locked = lock(log, &ids, &aggregates).await?;
    let head = locked.facts.head;
    if step == ImportStep::Finish && !locked.facts.is_mirror {
        locked.release().await;
        return Ok(head);
    }
    if let Some(error) = refusal(&locked, record, step) {
        locked.release().await;
        return Err(Stop::Answer(error));
    }
    let change = Change {
        is_mirror: match step {
            ImportStep::Begin => true,
            ImportStep::Continue => locked.facts.is_mirror,
            ImportStep::Finish => false,
        },
        begins: step == ImportStep::Begin,
    };
    locked.commit(log, record, change).await?;
    Ok(directory.head())
}

/// Why the log does not take the record.
fn refusal(locked: &Locked, record: &Record, step: ImportStep) -> Option<ImportError> {
    let facts = &locked.facts;
    let fits = match step {
        ImportStep::Begin => facts.head.sequence_number == 0,
        ImportStep::Continue | ImportStep::Finish => facts.head == record.directory().before,
    };
    if !fits {
        return Some(ImportError::Elsewhere(facts.head));
    }
    if step == ImportStep::Finish {
        return None;
    }
    check_import(record, facts).err().map(ImportError::Invalid)
}

fn fail(log: &Log, error: StorageError, issued: bool) -> ImportError {
    log.note(&error);
    let outcome = if issued {
        Outcome::Unknown
    } else {
        Outcome::NotCommitted
    };
    ImportError::Storage(error.with_outcome(outcome))
}
