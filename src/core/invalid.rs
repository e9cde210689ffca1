use std::fmt;

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
pub struct InvalidInput {
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
        Self {
            kind: InvalidKind::Argument,
            field: field.into(),
            reason: reason.into(),
        }
    }

    /// A field of an event that was refused.
    pub fn event(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            kind: InvalidKind::Event,
            field: field.into(),
            reason: reason.into(),
        }
    }

    /// The same refusal, one level further out: `eventType` becomes `events[2].eventType`.
    #[must_use]
    pub fn within(mut self, outer: &str) -> Self {
        self.field = if self.field.is_empty() {
            outer.to_owned()
        } else {
            format!("{outer}.{}", self.field)
        };
        self
    }
}

impl fmt::Display for InvalidInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.reason)
    }
}

impl std::error::Error for InvalidInput {}
