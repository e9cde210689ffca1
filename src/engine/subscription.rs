use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{ReadError, closing::Closing, read::check_limits};
use crate::{
    core::{
        Cursor,
        read::{EventPage, PageLimits, Subscription, SubscriptionBatch, SubscriptionOutput},
    },
    storage::{ReadEvents, Storage, StorageError, StorageErrorKind},
};

/// A running subscription: asks the log for the next batch when the consumer does.
pub struct EventSubscription<S> {
    storage: Arc<S>,
    machine: Mutex<Subscription>,
    closing: Closing,
}

impl<S: Storage> EventSubscription<S> {
    pub(super) fn new(storage: Arc<S>, machine: Subscription) -> Self {
        Self {
            storage,
            machine: Mutex::new(machine),
            closing: Closing::default(),
        }
    }

    /// The next batch of at most `max_events` events; none after the subscription or the store was closed.
    ///
    /// A batch without events says that the position moved over what does not match, or that the subscription has caught up. Waits if
    /// there is no news. Dropping the future loses nothing: the next call reads the same events. Calls at the same time share the
    /// events among them, each event going to one.
    ///
    /// # Errors
    ///
    /// - [`ReadError::Invalid`] for a batch of no events.
    /// - [`ReadError::Storage`] if the storage fails; the next call goes on from the same place.
    pub async fn next(&self, max_events: usize) -> Result<Option<SubscriptionBatch>, ReadError> {
        let limits = PageLimits {
            events: max_events,
            ..PageLimits::default()
        };
        check_limits(limits)?;
        loop {
            let output = self.machine().poll_output();
            if output == SubscriptionOutput::End {
                return Ok(None);
            }
            match self.closing.unless_closed(self.step(output, limits)).await {
                None => {}
                Some(Ok(page)) => {
                    let news = self.take(output, page);
                    if news.is_some() {
                        return Ok(news);
                    }
                }
                Some(Err(error)) if error.kind == StorageErrorKind::Closed => self.close(),
                Some(Err(error)) => return Err(error.into()),
            }
        }
    }

    /// Where the subscription stands: what was delivered, or does not match, lies before.
    pub fn cursor(&self) -> Cursor {
        self.machine().place()
    }

    /// Whether everything that the log held, when it was last read, was delivered.
    pub fn caught_up(&self) -> bool {
        self.machine().caught_up()
    }

    /// Ends the subscription: a waiting [`EventSubscription::next`] gives none. A second call does nothing.
    pub fn close(&self) {
        self.machine().end();
        self.closing.close();
    }

    /// What the machine asks for: a page, or none when the log may have changed.
    async fn step(&self, output: SubscriptionOutput, limits: PageLimits) -> Result<Option<EventPage>, StorageError> {
        match output {
            SubscriptionOutput::Fetch { after } => {
                let request = ReadEvents {
                    filter: self.machine().filter().clone(),
                    from: Some(after),
                    backward: false,
                    with_place: true,
                    limits,
                };
                self.storage.read_events(request).await.map(Some)
            }
            SubscriptionOutput::Wait { after } => self.storage.changed(after).await.map(|()| None),
            SubscriptionOutput::End => Ok(None),
        }
    }

    /// Takes what it was asked for.
    fn take(&self, asked: SubscriptionOutput, page: Option<EventPage>) -> Option<SubscriptionBatch> {
        let mut machine = self.machine();
        match page {
            // Another call may have taken the same events meanwhile.
            Some(page) if machine.poll_output() == asked => machine.handle_page(page),
            Some(_) => None,
            None => {
                machine.handle_change();
                None
            }
        }
    }

    fn machine(&self) -> MutexGuard<'_, Subscription> {
        // Every step of the machine is complete or has not begun.
        self.machine.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
