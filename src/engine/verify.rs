use super::{
    EventStore, VerifyError, place,
    walk::{RecordWalk, Walked},
};
use crate::{
    core::{
        Head,
        record::{ChainFault, ChainVerifier, Verification},
    },
    storage::{Derived, Storage, StorageError, StorageErrorKind},
};

impl<S: Storage> EventStore<S> {
    /// Recomputes every digest and link and names the first append that does not fit; with `since`, of what follows that place.
    ///
    /// Alone it finds damage, also of what a backend derives from the log, such as copies in another order. Against a head that was kept
    /// elsewhere it also finds a removed tail, a rewritten log and a fork. It does not prove who wrote. What is appended meanwhile may or
    /// may not be included. A log that was found damaged takes no appends from then on.
    ///
    /// # Errors
    ///
    /// - [`VerifyError::Fault`] for the first append that does not fit or cannot be read.
    /// - [`VerifyError::Storage`] if the storage fails, or the log no longer has the place `since`: `log_rewound` if it ends before it,
    ///   `epoch_changed` if it is in another epoch, `log_diverged` if it has another link.
    pub async fn verify(&self, since: Option<Head>) -> Result<Verification, VerifyError> {
        let fault = match self.prove(since).await {
            Err(VerifyError::Fault(fault)) => fault,
            Err(VerifyError::Storage(error)) if error.kind == StorageErrorKind::StorageCorrupted => ChainFault {
                sequence_number: error.sequence_number.unwrap_or(0),
                reason: error.to_string(),
            },
            proved => return proved,
        };
        self.storage
            .distrust(&StorageError::corrupted(fault.sequence_number, fault.to_string()));
        Err(fault.into())
    }

    async fn prove(&self, since: Option<Head>) -> Result<Verification, VerifyError> {
        let mut verifier = match since {
            None => ChainVerifier::from_start(),
            Some(kept) => {
                place::check(&*self.storage, &kept).await?;
                ChainVerifier::since(kept)
            }
        };
        // The record that holds the place itself comes first: its link is where verification begins.
        let mut derived = Derived::default();
        let mut walk = RecordWalk::after(since.and_then(|kept| kept.sequence_number.checked_sub(1)));
        loop {
            let records = walk.page(&*self.storage).await?;
            if records.is_empty() {
                break;
            }
            for Walked { record, given } in records {
                verifier.push_after(&record, given)?;
                derived = self.storage.check_derived(record, derived).await?;
            }
        }
        if since.is_none() {
            self.storage.check_all_derived(derived).await?;
        }
        verifier.finish().ok_or_else(|| {
            let reason = "the records of the log do not hold the place that verification was to begin with";
            StorageError::new(StorageErrorKind::StorageCorrupted, reason).into()
        })
    }
}
