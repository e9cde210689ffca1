use std::{fmt, sync::Arc};

/// The name of a log: 1 to 255 bytes of UTF-8 without NUL, not beginning with `$`, neither `.` nor `..`, compared byte for byte.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LogName(Arc<str>);

impl LogName {
    /// Takes the text if it fits the rules.
    ///
    /// # Errors
    ///
    /// The reason, without the field's name.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() || text.len() > 255 {
            return Err(format!("has {} bytes; 1 to 255 are allowed", text.len()));
        }
        if text.contains('\0') {
            return Err("contains NUL (U+0000)".to_owned());
        }
        if text.starts_with('$') {
            return Err("begins with \"$\"; such names are reserved".to_owned());
        }
        if matches!(text, "." | "..") {
            return Err("is a step in a path, which a client takes out of a URL".to_owned());
        }
        Ok(Self(text.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn into_text(self) -> Arc<str> {
        self.0
    }
}

impl fmt::Display for LogName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::LogName;

    #[test]
    fn names_that_could_be_mistaken_are_refused() {
        assert!(LogName::parse("wallet-42").is_ok());
        assert!(LogName::parse(&"é".repeat(127)).is_ok());
        for name in ["", "$all", ".", "..", "a\0b", &"é".repeat(128)] {
            assert!(LogName::parse(name).is_err(), "{name:?}");
        }
    }
}
