use std::{fmt, ops::Deref};

use super::JsonError;

/// Whether an event or another argument was malformed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidKind {
    /// A field of an event to append: `invalid_event`.
    Event,
    /// Any other argument: `invalid_argument`.
    Argument,
}

/// An input that was refused before anything was done with it; it names the field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidInput(Box<InvalidInputDetails>);

/// What an [`InvalidInput`] says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidInputDetails {
    /// What kind of input it was.
    pub kind: InvalidKind,
    /// Where it stands, in the caller's words: `events[2].eventType`.
    pub field: String,
    /// What is wrong with it and what is allowed.
    pub reason: String,
}

impl InvalidInput {
    /// An argument that was refused.
    pub fn argument(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::of(InvalidKind::Argument, field.into(), reason.into())
    }

    /// A field of an event that was refused.
    pub fn event(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::of(InvalidKind::Event, field.into(), reason.into())
    }

    #[cold]
    fn of(kind: InvalidKind, field: String, reason: String) -> Self {
        Self(Box::new(InvalidInputDetails { kind, field, reason }))
    }

    /// The same refusal, of a field of an event.
    #[must_use]
    pub(crate) fn of_event(mut self) -> Self {
        self.0.kind = InvalidKind::Event;
        self
    }

    /// The same refusal with this field, if it names none.
    #[must_use]
    pub(crate) fn or_in(self, field: &str) -> Self {
        if self.field.is_empty() {
            self.within(field)
        } else {
            self
        }
    }

    /// The same refusal, one level further out: `eventType` becomes `events[2].eventType`.
    #[must_use]
    pub fn within(mut self, outer: &str) -> Self {
        if !self.field.is_empty() {
            self.0.field.insert(0, '.');
        }
        self.0.field.insert_str(0, outer);
        self
    }
}

impl Deref for InvalidInput {
    type Target = InvalidInputDetails;

    fn deref(&self) -> &InvalidInputDetails {
        &self.0
    }
}

/// What is wrong with a value, before it is known where that stands.
impl From<String> for InvalidInput {
    fn from(reason: String) -> Self {
        Self::argument("", reason)
    }
}

/// What is wrong with a value, before it is known where that stands.
impl From<&str> for InvalidInput {
    fn from(reason: &str) -> Self {
        Self::argument("", reason)
    }
}

impl From<JsonError> for InvalidInput {
    fn from(error: JsonError) -> Self {
        Self::argument("", error.to_string())
    }
}

impl fmt::Display for InvalidInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.reason)
    }
}

impl std::error::Error for InvalidInput {}
