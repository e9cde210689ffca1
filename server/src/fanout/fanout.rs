use std::sync::{Arc, Mutex, PoisonError};

use foldlog::{
    core::{Cursor, Head, read::EventFilter},
    engine::EventStore,
    storage::StorageError,
};
use tokio::sync::{mpsc, watch};

use super::{
    EventStream, FanoutOptions, StreamRequest,
    follower::{self, Follower, FollowerState},
    subscriber::Subscriber,
};
use crate::{PostgresStorage, log::Log, tables};

/// The live streams of one log on one instance: each new event is read from the database once, however many streams there are.
///
/// Make one beside each store and share it. It costs nothing while there is no stream.
#[derive(Clone)]
pub struct Fanout(Arc<Shared>);

/// What the streams of a log share.
pub(super) struct Shared {
    pub(super) store: EventStore<PostgresStorage>,
    pub(super) options: FanoutOptions,
    closing: watch::Sender<bool>,
    /// Made for the first stream, retired with the last.
    follower: Mutex<Option<Arc<Follower>>>,
}

/// What a fan-out holds, for metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FanoutStats {
    /// Streams that run.
    pub streams: usize,
    /// Up to where the log was read for them; none without streams.
    pub position: Option<Cursor>,
    /// Events kept in memory for all of them.
    pub ring_events: usize,
    /// About how much memory these take.
    pub ring_bytes: usize,
}

impl Fanout {
    /// A fan-out of the log of a store.
    pub fn new(store: EventStore<PostgresStorage>, options: FanoutOptions) -> Self {
        Self(Arc::new(Shared {
            store,
            options,
            closing: watch::Sender::new(false),
            follower: Mutex::default(),
        }))
    }

    /// Begins a stream. Dropping it ends it.
    ///
    /// # Errors
    ///
    /// [`StorageError`]: `log_rewound` if the log ends before the place it is to begin at, `epoch_changed` or `log_diverged` if it has
    /// another one there, `closed` after [`Fanout::close`], or what the storage fails with.
    pub async fn stream(&self, request: StreamRequest) -> Result<EventStream, StorageError> {
        let shared = &self.0;
        let log = shared.log();
        let start = {
            // Many that begin at once must not take all connections from the appends.
            let _turn = log.database.catch_up.acquire().await;
            let checked = shared.store.subscribe(EventFilter::default(), request.after).await?;
            checked.cursor()
        };
        let (follower, state) = shared.join().await?;
        if shared.is_closed() {
            return Err(StorageError::closed());
        }
        let (items, given) = mpsc::channel(1);
        let subscriber = Subscriber::new(Arc::clone(shared), follower, state, items, start, &request);
        let closing = (shared.closing.subscribe(), log.closing.subscribe());
        let task = log.database.runtime.spawn(subscriber.run(request.deadline, closing));
        Ok(EventStream::new(given, task, start))
    }

    /// Ends all streams with a cursor, and takes no new ones.
    pub fn close(&self) {
        self.0.closing.send_replace(true);
    }

    /// What it holds now.
    pub fn stats(&self) -> FanoutStats {
        let Some(follower) = self.0.running() else {
            return FanoutStats::default();
        };
        let ring = follower.ring();
        let (ring_events, ring_bytes) = ring.size();
        FanoutStats {
            streams: follower.streams(),
            position: Some(ring.end()),
            ring_events,
            ring_bytes,
        }
    }
}

impl Shared {
    pub(super) fn log(&self) -> &Arc<Log> {
        self.store.storage().log()
    }

    /// Lets a follower without streams go; whether it had none.
    pub(super) fn retire(&self, follower: &Arc<Follower>) -> bool {
        let mut slot = self.follower.lock().unwrap_or_else(PoisonError::into_inner);
        if follower.streams() > 0 {
            return false;
        }
        slot.take_if(|running| Arc::ptr_eq(running, follower));
        true
    }

    fn is_closed(&self) -> bool {
        *self.closing.borrow()
    }

    fn running(&self) -> Option<Arc<Follower>> {
        let slot = self.follower.lock().unwrap_or_else(PoisonError::into_inner);
        slot.clone().filter(|follower| !follower.has_ended())
    }

    /// The follower, which is made if none runs, with a place in it that keeps it.
    async fn join(self: &Arc<Self>) -> Result<(Arc<Follower>, watch::Receiver<FollowerState>), StorageError> {
        let mut begin: Option<Head> = None;
        loop {
            {
                let mut slot = self.follower.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(follower) = slot.as_ref().filter(|follower| !follower.has_ended()) {
                    return Ok((Arc::clone(follower), follower.watch()));
                }
                if let Some(place) = begin {
                    let follower = Arc::new(Follower::at(place));
                    let state = follower.watch();
                    *slot = Some(Arc::clone(&follower));
                    let task = follower::run(Arc::clone(self), Arc::clone(&follower));
                    self.log().database.runtime.spawn(task);
                    return Ok((follower, state));
                }
            }
            begin = Some(tables::head(self.log()).await?);
        }
    }
}
