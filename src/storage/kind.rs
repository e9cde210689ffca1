/// What is known of a write that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is stored.
    Committed,
    /// It is not stored and will not be.
    NotCommitted,
    /// Nobody could find out.
    Unknown,
}

/// What went wrong with a storage. Each is a code of the public API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StorageErrorKind {
    /// The log does not exist, and creating it was not allowed.
    LogNotFound,
    /// The log ends before a place that it once had.
    LogRewound,
    /// The log has another history than the place that was compared.
    LogDiverged,
    /// The log is in another epoch.
    EpochChanged,
    /// A newer version wrote it.
    UnsupportedFormat,
    /// The quota is used up.
    QuotaExceeded,
    /// The storage does not answer or is not there.
    StorageUnavailable,
    /// What is stored is damaged.
    StorageCorrupted,
    /// Another tab keeps the storage from being opened.
    Blocked,
    /// A newer version has taken the storage over.
    Superseded,
    /// The store was closed.
    Closed,
    /// The log is a mirror or an unfinished restore, which takes imports only; or the token lacks the right.
    Forbidden,
    /// The server does not take the token.
    Unauthenticated,
    /// The server was asked too often.
    RateLimited,
    /// The server cannot be reached, or its answer was lost.
    Network,
    /// The server did not answer in time.
    Timeout,
    /// The server answered what no server of this protocol answers.
    Protocol,
}

impl StorageErrorKind {
    const ALL: [Self; 17] = [
        Self::LogNotFound,
        Self::LogRewound,
        Self::LogDiverged,
        Self::EpochChanged,
        Self::UnsupportedFormat,
        Self::QuotaExceeded,
        Self::StorageUnavailable,
        Self::StorageCorrupted,
        Self::Blocked,
        Self::Superseded,
        Self::Closed,
        Self::Forbidden,
        Self::Unauthenticated,
        Self::RateLimited,
        Self::Network,
        Self::Timeout,
        Self::Protocol,
    ];

    /// The code of the public API.
    pub fn code(self) -> &'static str {
        match self {
            Self::LogNotFound => "log_not_found",
            Self::LogRewound => "log_rewound",
            Self::LogDiverged => "log_diverged",
            Self::EpochChanged => "epoch_changed",
            Self::UnsupportedFormat => "unsupported_format",
            Self::QuotaExceeded => "quota_exceeded",
            Self::StorageUnavailable => "storage_unavailable",
            Self::StorageCorrupted => "storage_corrupted",
            Self::Blocked => "blocked",
            Self::Superseded => "superseded",
            Self::Closed => "closed",
            Self::Forbidden => "forbidden",
            Self::Unauthenticated => "unauthenticated",
            Self::RateLimited => "rate_limited",
            Self::Network => "network",
            Self::Timeout => "timeout",
            Self::Protocol => "protocol",
        }
    }

    /// The kind with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Whether the same call, unchanged, may succeed later.
    pub fn is_retryable(self) -> bool {
        matches!(
            self,
            Self::StorageUnavailable | Self::Blocked | Self::RateLimited | Self::Network | Self::Timeout
        )
    }
}

impl Outcome {
    const ALL: [Self; 3] = [Self::Committed, Self::NotCommitted, Self::Unknown];

    /// The word for it in the public API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Committed => "committed",
            Self::NotCommitted => "not_committed",
            Self::Unknown => "unknown",
        }
    }

    /// The outcome with this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == word)
    }
}
