use super::{EventStore, EventSubscription, place};
use crate::{
    core::{
        Cursor,
        read::{EventFilter, Subscription},
    },
    storage::{Storage, StorageError},
};

/// Where a subscription begins; always exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubscribeFrom {
    /// After a sequence number; 0 is the beginning of the log.
    Sequence(u64),
    /// After the place of a cursor, which must still be a place of this log.
    Cursor(Cursor),
    /// After what the log holds now.
    End,
}

impl<S: Storage> EventStore<S> {
    /// Subscribes to the events that match a filter: first those that are there, then each as it comes, once and in order.
    ///
    /// Nothing is read ahead: a slow consumer costs no memory.
    ///
    /// # Errors
    ///
    /// [`StorageError`]: `log_rewound` if the log ends before the place, `epoch_changed` or `log_diverged` if it has another one there,
    /// or what the storage fails with.
    pub async fn subscribe(
        &self,
        filter: EventFilter,
        from: SubscribeFrom,
    ) -> Result<EventSubscription<S>, StorageError> {
        let start = match from {
            SubscribeFrom::Sequence(number) => place::of(&*self.storage, number)
                .await?
                .ok_or_else(|| place::rewound(number))?,
            SubscribeFrom::Cursor(cursor) => {
                place::check(&*self.storage, &cursor).await?;
                cursor
            }
            SubscribeFrom::End => self.head().await?,
        };
        Ok(EventSubscription::new(
            self.storage.clone(),
            Subscription::new(filter, start),
        ))
    }
}
