use std::{pin::pin, sync::Arc};

use foldlog::{
    core::{
        Cursor,
        read::{EventFilter, EventPage, PageLimits},
    },
    storage::{ReadEvents, StorageError, StorageErrorKind},
};
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, sleep_until, timeout},
};

use super::{
    EndReason, StreamItem, StreamRequest,
    fanout::Shared,
    follower::{Follower, FollowerState},
    proof::prove,
    ring::{After, Batch},
};
use crate::read::read_events;

/// The task of a stream: what it holds does not grow with what the stream has not taken.
pub(super) struct Subscriber {
    shared: Arc<Shared>,
    follower: Arc<Follower>,
    state: watch::Receiver<FollowerState>,
    items: mpsc::Sender<StreamItem>,
    filter: Arc<EventFilter>,
    events: bool,
    /// All before was given or does not match. Moves when an item is sent, so that ending at any await leaves it true.
    place: Cursor,
    /// Whether the last item with events said so.
    caught_up: bool,
    /// Events that did not match since the position was told.
    skipped: u64,
    told_at: Instant,
}

impl Subscriber {
    pub(super) fn new(
        shared: Arc<Shared>,
        follower: Arc<Follower>,
        state: watch::Receiver<FollowerState>,
        items: mpsc::Sender<StreamItem>,
        place: Cursor,
        request: &StreamRequest,
    ) -> Self {
        Self {
            shared,
            follower,
            state,
            items,
            filter: Arc::new(request.filter.clone()),
            events: request.events,
            place,
            caught_up: false,
            skipped: 0,
            told_at: Instant::now(),
        }
    }

    /// Until the stream ends; gives its last item.
    pub(super) async fn run(
        mut self,
        deadline: Option<Instant>,
        (mut fanout_closing, mut log_closing): (watch::Receiver<bool>, watch::Receiver<bool>),
    ) -> StreamItem {
        let expiry = async {
            match deadline {
                Some(deadline) => sleep_until(deadline).await,
                None => std::future::pending().await,
            }
        };
        let reason = tokio::select! {
            biased;
            () = expiry => EndReason::Expired,
            _ = fanout_closing.wait_for(|closed| *closed) => EndReason::Shutdown,
            _ = log_closing.wait_for(|closed| *closed) => EndReason::Shutdown,
            reason = self.follow() => reason,
        };
        StreamItem::End {
            reason,
            cursor: self.place,
        }
    }

    async fn follow(&mut self) -> EndReason {
        let followed = if self.events {
            self.follow_events().await
        } else {
            self.follow_positions().await
        };
        match followed {
            Ok(never) => match never {},
            Err(reason) => reason,
        }
    }

    async fn follow_positions(&mut self) -> Result<std::convert::Infallible, EndReason> {
        loop {
            let end = self.known_end()?;
            // The first is told at once, and then each time the log has grown.
            self.send(StreamItem::Position(end), end).await?;
            while self.known_end()? == end {
                self.wait().await?;
            }
        }
    }

    async fn follow_events(&mut self) -> Result<std::convert::Infallible, EndReason> {
        self.tell_position().await?;
        loop {
            self.known_end()?;
            let after = self.follower.ring().after(self.place.sequence_number);
            match after {
                After::Gone => self.read_page().await?,
                After::Events { batch, is_last } => self.take(&batch, is_last).await?,
                After::Nothing if !self.caught_up => self.give(Arc::default(), self.place, true).await?,
                After::Nothing => self.wait().await?,
            }
        }
    }

    /// Where the follower is, noting that this was seen.
    fn known_end(&mut self) -> Result<Cursor, EndReason> {
        match &*self.state.borrow_and_update() {
            FollowerState::At(end) => Ok(*end),
            FollowerState::Ended(error) => Err(reason(error.clone())),
        }
    }

    /// Until the follower moves or it is time to tell the position, which it does.
    async fn wait(&mut self) -> Result<(), EndReason> {
        let beat = self.told_at + self.shared.options.heartbeat;
        tokio::select! {
            // The sender lives as long as the follower.
            _ = self.state.changed() => Ok(()),
            () = sleep_until(beat) => self.tell_position().await,
        }
    }

    async fn take(&mut self, batch: &Batch, is_last: bool) -> Result<(), EndReason> {
        let after = self.place.sequence_number;
        match batch.matching(after, &self.filter) {
            Some(page) => self.give(page, batch.after, is_last).await,
            None if is_last && !self.caught_up => self.give(Arc::default(), batch.after, true).await,
            None => {
                self.place = batch.after;
                self.skipped += batch.after.sequence_number - after.max(batch.before.sequence_number);
                if self.skipped >= self.shared.options.skipped {
                    self.tell_position().await?;
                }
                Ok(())
            }
        }
    }

    /// Gives a page from the database, telling the position while that takes long.
    async fn read_page(&mut self) -> Result<(), EndReason> {
        let mut reading = pin!(read_page(
            Arc::clone(&self.shared),
            Arc::clone(&self.filter),
            self.place
        ));
        let page = loop {
            let beat = self.told_at + self.shared.options.heartbeat;
            tokio::select! {
                page = &mut reading => break page.map_err(reason)?,
                () = sleep_until(beat) => self.tell_position().await?,
            }
        };
        let (cursor, done) = (page.place.unwrap_or(self.place), page.done);
        self.give(Arc::new(page), cursor, done).await
    }

    async fn give(&mut self, page: Arc<EventPage>, cursor: Cursor, caught_up: bool) -> Result<(), EndReason> {
        let item = StreamItem::Events {
            page,
            cursor,
            caught_up,
        };
        self.send(item, cursor).await?;
        self.caught_up = caught_up;
        Ok(())
    }

    async fn tell_position(&mut self) -> Result<(), EndReason> {
        self.send(StreamItem::Position(self.place), self.place).await
    }

    async fn send(&mut self, item: StreamItem, place: Cursor) -> Result<(), EndReason> {
        let Ok(room) = timeout(self.shared.options.patience, self.items.reserve()).await else {
            return Err(EndReason::Slow);
        };
        // Without a receiver nobody sees the reason.
        room.map_err(|_| EndReason::Shutdown)?.send(item);
        self.place = place;
        self.skipped = 0;
        self.told_at = Instant::now();
        Ok(())
    }
}

/// Why a stream ends with an error of the storage.
fn reason(error: StorageError) -> EndReason {
    if error.kind == StorageErrorKind::Closed {
        EndReason::Shutdown
    } else {
        EndReason::Problem(error)
    }
}

/// A page from the database; waits for it for as long as the database is away.
async fn read_page(shared: Arc<Shared>, filter: Arc<EventFilter>, place: Cursor) -> Result<EventPage, StorageError> {
    let log = shared.log();
    let request = ReadEvents {
        filter: EventFilter::clone(&filter),
        from: Some(place.sequence_number),
        backward: false,
        with_place: true,
        limits: PageLimits {
            events: shared.options.page_events,
            bytes: shared.options.page_bytes,
        },
    };
    let mut attempt = 5;
    loop {
        let read = async {
            // Streams that catch up must not take all connections from the appends.
            let _turn = log.database.catch_up.acquire().await;
            let page = read_events(log, &request).await?;
            prove(log, &shared.store, &place, &page.place.unwrap_or(place)).await?;
            Ok::<_, StorageError>(page)
        };
        match read.await {
            Err(error) if error.kind.is_retryable() => {
                log.database.pause(attempt, 2_000).await;
                attempt += 1;
            }
            answer => return answer,
        }
    }
}
