use std::{sync::Arc, time::Duration};

use super::ExecuteOptions;
use crate::{core::Timestamp, environment::Environment};

const FIRST_CEILING: Duration = Duration::from_millis(10);
const LAST_CEILING: Duration = Duration::from_secs(1);

/// How long and how often a command goes on trying: exponential backoff with full jitter.
pub(super) struct Attempts {
    environment: Arc<dyn Environment>,
    retries: u32,
    deadline: Option<Timestamp>,
    ceiling: Duration,
}

impl Attempts {
    pub(super) fn new(environment: Arc<dyn Environment>, options: &ExecuteOptions) -> Self {
        let deadline = options.deadline.map(|deadline| later(environment.now(), deadline));
        Self {
            environment,
            retries: options.retries,
            deadline,
            ceiling: FIRST_CEILING,
        }
    }

    /// Waits before the command is decided again; false if no retry is left or the deadline would pass.
    pub(super) async fn retry(&mut self) -> bool {
        let Some(left) = self.retries.checked_sub(1) else {
            return false;
        };
        self.retries = left;
        self.pause().await
    }

    /// Waits before the same events are sent again; false if the deadline would pass.
    pub(super) async fn pause(&mut self) -> bool {
        let delay = self.jittered();
        if self
            .deadline
            .is_some_and(|deadline| later(self.environment.now(), delay) > deadline)
        {
            return false;
        }
        self.ceiling = (self.ceiling * 2).min(LAST_CEILING);
        self.environment.sleep(delay).await;
        true
    }

    /// Anything up to the ceiling, so that those who collided do not collide again.
    fn jittered(&self) -> Duration {
        let mut random = [0; 4];
        self.environment.fill_random(&mut random);
        self.ceiling
            .mul_f64(f64::from(u32::from_be_bytes(random)) / f64::from(u32::MAX))
    }
}

fn later(time: Timestamp, by: Duration) -> Timestamp {
    let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millis(time.millis().saturating_add(millis))
}
