use std::time::Duration;

/// How a log on a server is opened and how long its server is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteOptions {
    /// Whether a log that does not exist is made, for which the token needs the right `admin`; not by default.
    pub create: bool,
    /// How long one answer may take; 15 seconds by default.
    pub timeout: Duration,
    /// How long a call may take with all its repetitions; a minute by default.
    pub deadline: Duration,
    /// The first pause before a repetition is at most so long, each further one up to twice as long; 200 milliseconds by default.
    pub first_pause: Duration,
}

impl Default for RemoteOptions {
    fn default() -> Self {
        Self {
            create: false,
            timeout: Duration::from_secs(15),
            deadline: Duration::from_secs(60),
            first_pause: Duration::from_millis(200),
        }
    }
}
