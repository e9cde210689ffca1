use std::{error::Error, fmt, rc::Rc};

use wasm_bindgen::JsValue;

use super::{get, string};

use crate::storage::{StorageError, StorageErrorKind};

/// What the browser said when something failed.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) kind: FailureKind,
    pub(crate) value: JsValue,
}

/// What a failure means for this backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FailureKind {
    /// The quota is used up.
    Quota,
    /// The connection is dead, or may be: open again and find out what happened.
    Lost,
    /// The request did not finish in time, since another connection stands in its way.
    Blocked,
    /// The database does not exist and was not to be created.
    NotFound,
    /// The browser has no IndexedDB here.
    Unavailable,
}

impl Failure {
    /// Reads a `DOMException`, or what `port.js` throws.
    pub(crate) fn from_js(value: JsValue) -> Self {
        // By name: QuotaExceededError has become an interface of its own in newer browsers.
        let kind = match string(&get(&value, "name")).as_deref() {
            Some("QuotaExceededError") => FailureKind::Quota,
            Some("SecurityError" | "NotSupportedError") => FailureKind::Unavailable,
            Some("LogBlocked") => FailureKind::Blocked,
            Some("LogAbsent") => FailureKind::NotFound,
            _ => FailureKind::Lost,
        };
        Self { kind, value }
    }

    /// The error of the public API.
    pub(crate) fn into_storage_error(self) -> StorageError {
        let (kind, message) = match self.kind {
            FailureKind::Quota => (
                StorageErrorKind::QuotaExceeded,
                "the browser's storage quota is used up: free space, then append again",
            ),
            FailureKind::Lost => (
                StorageErrorKind::StorageUnavailable,
                "the browser lost the database, and opening it again did not help: try again later",
            ),
            FailureKind::Blocked => (
                StorageErrorKind::Blocked,
                "another tab keeps the database from being opened: close the other tabs, then try again",
            ),
            FailureKind::NotFound => (
                StorageErrorKind::LogNotFound,
                "the log does not exist and is not made anew: create was false, a head was expected, or it was deleted while it was open",
            ),
            FailureKind::Unavailable => (
                StorageErrorKind::StorageUnavailable,
                "indexeddb is not available here: a private mode or the page's settings forbid it",
            ),
        };
        let mut error = StorageError::new(kind, message);
        if self.kind == FailureKind::Unavailable {
            error = error.lasting();
        }
        if self.value.is_undefined() {
            error
        } else {
            error.with_cause(Rc::new(self))
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            string(&get(&self.value, "message"))
                .as_deref()
                .unwrap_or("the browser gave no reason"),
        )
    }
}

impl Error for Failure {}

impl From<JsValue> for Failure {
    fn from(value: JsValue) -> Self {
        Self::from_js(value)
    }
}
