use std::{collections::HashMap, sync::Arc};

use super::{Right, rights::Rights};

/// Who sent a request.
#[derive(Clone, Debug)]
pub(crate) enum Caller {
    /// Whoever reaches a server without authentication, which listens on loopback only.
    Local,
    /// The holder of a token that was found good.
    Token(Arc<Bearer>),
}

/// What a good token says.
#[derive(Debug)]
pub(crate) struct Bearer {
    /// Whom its use is counted against.
    pub(super) subject: String,
    /// When it ends, in seconds of Unix time.
    pub(super) expires_at: u64,
    pub(super) logs: HashMap<String, Rights>,
}

/// What a caller may do on a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Permission {
    Granted,
    /// The log is the caller's, the right is not.
    LacksRight,
    /// The log is none of the caller's, if it exists at all.
    Foreign,
}

impl Caller {
    pub(crate) fn may(&self, log: &str, right: Right) -> Permission {
        let Self::Token(bearer) = self else {
            return Permission::Granted;
        };
        match bearer.logs.get(log) {
            Some(rights) if rights.has(right) => Permission::Granted,
            Some(_) => Permission::LacksRight,
            None => Permission::Foreign,
        }
    }

    /// Whom its use is counted against; none if it is not counted.
    pub(crate) fn subject(&self) -> Option<&str> {
        match self {
            Self::Local => None,
            Self::Token(bearer) => Some(&bearer.subject),
        }
    }

    /// When what it may do ends, in seconds of Unix time.
    pub(crate) fn expires_at(&self) -> Option<u64> {
        match self {
            Self::Local => None,
            Self::Token(bearer) => Some(bearer.expires_at),
        }
    }
}
