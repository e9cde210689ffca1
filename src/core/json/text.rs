use std::fmt;

use super::JsonCursor;

/// The deepest nesting of arrays and objects that a payload may have.
pub const MAX_JSON_DEPTH: usize = 128;

/// A text that is exactly one JSON value (RFC 8259), nested at most [`MAX_JSON_DEPTH`] deep; kept as written, never decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonText(Box<str>);

impl JsonText {
    /// Takes the text if it is exactly one JSON value; white space around the value is dropped.
    ///
    /// # Errors
    ///
    /// [`JsonError`] with the place, if it is anything else or nested too deeply.
    pub fn parse(text: &str) -> Result<Self, JsonError> {
        let mut cursor = JsonCursor::new(text);
        let value = cursor.value(MAX_JSON_DEPTH)?;
        cursor.end()?;
        Ok(Self(value.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes a slice that a [`JsonCursor`] has just walked over.
    pub(crate) fn scanned(value: &str) -> Self {
        Self(value.into())
    }
}

/// Where a text stops being what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// Bytes before the place.
    pub offset: usize,
    /// What was expected there.
    pub reason: &'static str,
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.reason, self.offset)
    }
}

impl std::error::Error for JsonError {}
