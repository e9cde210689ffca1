use std::{
    future::ready,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use super::Random;
use crate::{
    core::Timestamp,
    environment::{BoxFuture, Environment},
};

/// The clock's first time: 2026-11-24T07:22:35.123Z.
const START: i64 = 1_795_504_955_123;

/// An environment without surprises: a clock that stands until it is moved, and random bytes that follow from a seed.
///
/// Sleeping moves the clock and takes no time. A backend that polls needs real sleep, which leaves the clock alone.
pub struct TestEnvironment {
    clock: AtomicI64,
    random: Mutex<Random>,
    sleeper: Option<Arc<dyn Environment>>,
}

impl TestEnvironment {
    /// An environment whose sleep is over at once.
    pub fn new(seed: u64) -> Arc<Self> {
        Self::build(seed, None)
    }

    /// An environment that sleeps as `sleeper` does.
    pub fn sleeping_in(sleeper: Arc<dyn Environment>, seed: u64) -> Arc<Self> {
        Self::build(seed, Some(sleeper))
    }

    #[allow(
        clippy::arc_with_non_send_sync,
        reason = "in a browser everything stays on one thread, natively it is both"
    )]
    fn build(seed: u64, sleeper: Option<Arc<dyn Environment>>) -> Arc<Self> {
        Arc::new(Self {
            clock: AtomicI64::new(START),
            random: Mutex::new(Random::new(seed)),
            sleeper,
        })
    }

    /// Sets the clock, forward or back.
    pub fn set(&self, time: Timestamp) {
        self.clock.store(time.millis(), Ordering::SeqCst);
    }

    /// Moves the clock.
    pub fn advance(&self, by: Duration) {
        let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.clock.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Environment for TestEnvironment {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.clock.load(Ordering::SeqCst))
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        let mut random = self.random.lock().unwrap_or_else(PoisonError::into_inner);
        buffer.fill_with(|| random.byte());
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<()> {
        if let Some(sleeper) = &self.sleeper {
            // The clock stands still: what sleeps in the background must not move it under a test.
            return sleeper.sleep(duration);
        }
        self.advance(duration);
        Box::pin(ready(()))
    }
}
