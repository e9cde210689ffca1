use super::{EventStore, ReadError};
use crate::{
    core::{
        InvalidInput,
        read::{EventPage, PageLimits},
    },
    storage::{ReadAggregate, ReadEvents, Storage},
};

impl<S: Storage> EventStore<S> {
    /// Reads a page of the events that match a filter, in the order of the log or backward.
    ///
    /// The next page is read from the page's `position`, until a page is `done`. A page may be shorter than its limits allow.
    ///
    /// # Errors
    ///
    /// - [`ReadError::Invalid`] for a page of no events.
    /// - [`ReadError::Storage`] if the storage fails.
    pub async fn read_events(&self, request: ReadEvents) -> Result<EventPage, ReadError> {
        check_limits(request.limits)?;
        Ok(self.storage.read_events(request).await?)
    }

    /// Reads a page of one aggregate's events, in the order of their versions.
    ///
    /// The next page is read from the version after the page's `position`, until a page is `done`.
    ///
    /// # Errors
    ///
    /// - [`ReadError::Invalid`] for a page of no events.
    /// - [`ReadError::Storage`] if the storage fails.
    pub async fn read_aggregate(&self, request: ReadAggregate) -> Result<EventPage, ReadError> {
        check_limits(request.limits)?;
        Ok(self.storage.read_aggregate(request).await?)
    }
}

/// A page of nothing would be asked for again and again.
pub(super) fn check_limits(limits: PageLimits) -> Result<(), InvalidInput> {
    if limits.events == 0 || limits.bytes == 0 {
        Err(InvalidInput::argument(
            "maxEvents",
            "is 0; a page has at least one event",
        ))
    } else {
        Ok(())
    }
}
