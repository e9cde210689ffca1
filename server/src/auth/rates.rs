use std::{num::NonZeroU32, time::Duration};

use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
};

/// How much one subject may do in a second, each with a burst of a second's worth; 0 for no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateOptions {
    /// Requests.
    pub requests: u32,
    /// Events appended or imported.
    pub events: u32,
    /// Bytes of bodies, after decompression.
    pub bytes: u32,
}

impl Default for RateOptions {
    fn default() -> Self {
        Self {
            requests: 200,
            events: 20_000,
            bytes: 64 << 20,
        }
    }
}

/// Counts what each subject does.
pub(crate) struct Rates {
    requests: Option<Limiter>,
    events: Option<Limiter>,
    bytes: Option<Limiter>,
}

/// A subject does too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limited {
    /// What of.
    pub(crate) what: &'static str,
    /// After how long the same may be allowed.
    pub(crate) wait: Duration,
}

struct Limiter {
    what: &'static str,
    /// The most that can be asked for at once: an append that is larger than a second's worth takes all of it.
    burst: NonZeroU32,
    counted: DefaultKeyedRateLimiter<String>,
}

impl Rates {
    pub(crate) fn new(options: &RateOptions) -> Self {
        Self {
            requests: Limiter::new("requests", options.requests),
            events: Limiter::new("events", options.events),
            bytes: Limiter::new("bytes", options.bytes),
        }
    }

    pub(crate) fn request(&self, subject: Option<&str>) -> Result<(), Limited> {
        check(self.requests.as_ref(), subject, 1)
    }

    pub(crate) fn events(&self, subject: Option<&str>, count: usize) -> Result<(), Limited> {
        check(self.events.as_ref(), subject, count)
    }

    pub(crate) fn bytes(&self, subject: Option<&str>, count: usize) -> Result<(), Limited> {
        check(self.bytes.as_ref(), subject, count)
    }

    /// Forgets subjects that did nothing for a while.
    pub(crate) fn forget_idle(&self) {
        for limiter in [&self.requests, &self.events, &self.bytes].into_iter().flatten() {
            limiter.counted.retain_recent();
            limiter.counted.shrink_to_fit();
        }
    }
}

fn check(limiter: Option<&Limiter>, subject: Option<&str>, count: usize) -> Result<(), Limited> {
    match (limiter, subject) {
        (Some(limiter), Some(subject)) => limiter.check(subject, count),
        _ => Ok(()),
    }
}

impl Limiter {
    fn new(what: &'static str, a_second: u32) -> Option<Self> {
        let burst = NonZeroU32::new(a_second)?;
        Some(Self {
            what,
            burst,
            counted: RateLimiter::keyed(Quota::per_second(burst)),
        })
    }

    fn check(&self, subject: &str, count: usize) -> Result<(), Limited> {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        let Some(count) = NonZeroU32::new(count) else {
            return Ok(());
        };
        match self.counted.check_key_n(&subject.to_owned(), count.min(self.burst)) {
            // The second kind of answer is that of more than a burst, which is not asked for.
            Ok(Ok(())) | Err(_) => Ok(()),
            Ok(Err(not_until)) => Err(Limited {
                what: self.what,
                wait: not_until.wait_time_from(DefaultClock::default().now()),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_subject_has_its_own_rate_and_zero_is_none() {
        let rates = Rates::new(&RateOptions {
            requests: 2,
            events: 10,
            bytes: 0,
        });
        assert!(rates.request(Some("a")).is_ok() && rates.request(Some("a")).is_ok());
        let limited = rates.request(Some("a")).unwrap_err();
        assert_eq!(limited.what, "requests");
        assert!(limited.wait <= Duration::from_millis(500));
        assert!(rates.request(Some("b")).is_ok() && rates.request(None).is_ok());
        assert!(rates.bytes(Some("a"), usize::MAX).is_ok());
        assert!(
            rates.events(Some("a"), 1_000).is_ok(),
            "more than a burst takes all of it"
        );
        assert!(rates.events(Some("a"), 1).is_err());
        rates.forget_idle();
    }
}
