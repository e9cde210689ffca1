use std::time::Duration;

use super::options::RemoteOptions;

/// No pause is longer, unless the server asks for it.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// The attempts at one call, without IO: says after each whether there is another one, and when.
pub(super) struct Attempts {
    left: Duration,
    longest_pause: Duration,
    asked_for_token: bool,
    may_be_done: bool,
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// With an answer that settles it.
    Answered,
    /// Refused for its token; nothing was done.
    Unauthenticated,
    /// Not now; nothing was done.
    Refused,
    /// Without an answer, or with one that leaves open what was done; another attempt may tell.
    Lost,
    /// The same, and another attempt would not tell.
    Broken,
}

/// Another attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Again {
    pub(super) pause: Duration,
    pub(super) fresh_token: bool,
}

impl Attempts {
    pub(super) fn new(options: &RemoteOptions) -> Self {
        Self {
            left: options.deadline,
            longest_pause: options.first_pause,
            asked_for_token: false,
            may_be_done: false,
        }
    }

    /// Whether an attempt may have done what was asked, though no answer says so.
    pub(super) fn may_be_done(&self) -> bool {
        self.may_be_done
    }

    /// Takes the end of an attempt that took `spent`; none if it was the last one. `random` chooses within the longest pause, so that
    /// many callers do not come back at once.
    pub(super) fn after(
        &mut self,
        ended: Ended,
        spent: Duration,
        retry_after: Option<Duration>,
        random: u16,
    ) -> Option<Again> {
        self.left = self.left.saturating_sub(spent);
        self.may_be_done |= matches!(ended, Ended::Lost | Ended::Broken);
        match ended {
            Ended::Answered | Ended::Broken => None,
            Ended::Unauthenticated => (!std::mem::replace(&mut self.asked_for_token, true)).then_some(Again {
                pause: Duration::ZERO,
                fresh_token: true,
            }),
            Ended::Refused | Ended::Lost => {
                let chosen = self.longest_pause * u32::from(random) / u32::from(u16::MAX);
                self.longest_pause = (self.longest_pause * 2).min(LONGEST_PAUSE);
                let pause = chosen.max(retry_after.unwrap_or_default());
                let is_over = pause >= self.left;
                self.left = self.left.saturating_sub(pause);
                (!is_over).then_some(Again {
                    pause,
                    fresh_token: false,
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLI: Duration = Duration::from_millis(1);

    fn attempts() -> Attempts {
        Attempts::new(&RemoteOptions::default())
    }

    #[test]
    fn pauses_grow_to_a_limit_and_the_deadline_ends_them() {
        let mut attempts = attempts();
        let mut pauses = Vec::new();
        while let Some(again) = attempts.after(Ended::Lost, 100 * MILLI, None, u16::MAX) {
            pauses.push(again.pause.as_millis());
        }
        // 0.3 + 0.5 + 0.9 + 1.7 + 3.3 + 6.5 + 10.1 … until the minute is over.
        assert_eq!(
            pauses,
            [200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000, 10_000, 10_000]
        );
        assert!(attempts.may_be_done());
    }

    #[test]
    fn a_pause_is_chosen_by_chance_and_never_shorter_than_the_server_says() {
        let again = attempts().after(Ended::Refused, MILLI, None, u16::MAX / 2).unwrap();
        assert_eq!(again.pause.as_millis(), 99);
        let told = Some(Duration::from_secs(30));
        assert_eq!(
            attempts().after(Ended::Refused, MILLI, told, 0).unwrap().pause,
            Duration::from_secs(30)
        );
        let too_long = Some(Duration::from_secs(61));
        assert_eq!(attempts().after(Ended::Refused, MILLI, too_long, 0), None);
    }

    #[test]
    fn the_token_is_asked_for_once() {
        let mut attempts = attempts();
        assert!(
            attempts
                .after(Ended::Unauthenticated, MILLI, None, 0)
                .unwrap()
                .fresh_token
        );
        assert!(!attempts.after(Ended::Lost, MILLI, None, 0).unwrap().fresh_token);
        assert_eq!(attempts.after(Ended::Unauthenticated, MILLI, None, 0), None);
    }

    #[test]
    fn what_was_refused_is_not_done() {
        let mut attempts = attempts();
        attempts.after(Ended::Refused, MILLI, None, 0);
        attempts.after(Ended::Answered, MILLI, None, 0);
        assert!(!attempts.may_be_done());
        assert_eq!(attempts.after(Ended::Broken, MILLI, None, 0), None);
        assert!(attempts.may_be_done());
    }
}
