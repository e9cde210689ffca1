use super::{EventStore, VerifyError, place};
use crate::{
    core::{
        Head,
        record::{ChainVerifier, Record, Verification},
    },
    storage::{Storage, StorageError, StorageErrorKind},
};

/// How much of the log is in memory at a time.
const PAGE_BYTES: usize = 4 << 20;

impl<S: Storage> EventStore<S> {
    /// Recomputes every digest and link and names the first append that does not fit; with `since`, of what follows that place.
    ///
    /// Alone it finds damage. Against a head that was kept elsewhere it also finds a removed tail, a rewritten log and a fork. It does
    /// not prove who wrote. What is appended meanwhile may or may not be included.
    ///
    /// # Errors
    ///
    /// - [`VerifyError::Fault`] for the first append that does not fit.
    /// - [`VerifyError::Storage`] if the storage fails, or the log no longer has the place `since`: `log_rewound` if it ends before it,
    ///   `epoch_changed` if it is in another epoch, `log_diverged` if it has another link.
    pub async fn verify(&self, since: Option<Head>) -> Result<Verification, VerifyError> {
        let mut verifier = match since {
            None => ChainVerifier::from_start(),
            Some(kept) => {
                place::check(&*self.storage, &kept).await?;
                ChainVerifier::since(kept)
            }
        };
        // The record that holds the place itself comes first: its link is where verification begins.
        let mut after = since.and_then(|kept| kept.sequence_number.checked_sub(1));
        loop {
            let records = self.storage.read_records(after, PAGE_BYTES).await?;
            for record in &records {
                verifier.push(record)?;
            }
            let Some(last) = records.last().map(Record::last_sequence_number) else {
                break;
            };
            if after.is_some_and(|after| last <= after) {
                return Err(StorageError::corrupted(last, "the records of the log do not go forward").into());
            }
            after = Some(last);
        }
        verifier.finish().ok_or_else(|| {
            let reason = "the records of the log do not hold the place that verification was to begin with";
            StorageError::new(StorageErrorKind::StorageCorrupted, reason).into()
        })
    }
}
