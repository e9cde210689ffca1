use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use super::{log::Log, snapshots::Snapshots, waiters::Waiters};
use crate::{
    core::{CheckpointName, Cursor, IndexMap},
    environment::Environment,
};

/// What all handles on a log have in common.
pub(super) struct Shared {
    pub(super) environment: Arc<dyn Environment>,
    state: Mutex<State>,
    handles: AtomicU64,
}

pub(super) struct State {
    pub(super) log: Log,
    pub(super) snapshots: Snapshots,
    pub(super) checkpoints: IndexMap<CheckpointName, Cursor>,
    pub(super) waiters: Waiters,
}

impl Shared {
    pub(super) fn new(environment: Arc<dyn Environment>) -> Self {
        let log = Log::new(environment.mint_epoch(), environment.now());
        Self {
            environment,
            state: Mutex::new(State {
                log,
                snapshots: Snapshots::default(),
                checkpoints: IndexMap::default(),
                waiters: Waiters::default(),
            }),
            handles: AtomicU64::new(0),
        }
    }

    pub(super) fn next_handle(&self) -> u64 {
        self.handles.fetch_add(1, Ordering::Relaxed)
    }

    /// Held for one piece of work and never across an await.
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        // What can panic comes before the first change, so that a poisoned state is still a whole one.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
