use std::fmt;

use serde::{Deserialize, Deserializer};

/// What a token may allow on a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// Append events and move checkpoints.
    Append,
    /// Read events, verify, export and subscribe.
    Read,
    /// Keep, read and remove snapshots.
    Snapshot,
    /// Create the log and import into it.
    Admin,
}

impl Right {
    /// The word for it in a token.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Append => "append",
            Self::Read => "read",
            Self::Snapshot => "snapshot",
            Self::Admin => "admin",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Append, Self::Read, Self::Snapshot, Self::Admin]
            .into_iter()
            .find(|right| right.as_str() == text)
    }
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The rights on one log. A word that this version does not know gives none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rights(u8);

impl Rights {
    pub(crate) fn has(self, right: Right) -> bool {
        self.0 & (1 << right as u8) != 0
    }
}

impl<'de> Deserialize<'de> for Rights {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let words = Vec::<String>::deserialize(deserializer)?;
        let rights = words.iter().filter_map(|word| Right::parse(word));
        Ok(Self(rights.fold(0, |all, right| all | (1 << right as u8))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_right_is_had_if_its_word_is_there() {
        let rights: Rights = serde_json::from_str(r#"["read", "admin", "fly", "Append"]"#).unwrap();
        assert!(rights.has(Right::Read) && rights.has(Right::Admin));
        assert!(!rights.has(Right::Append) && !rights.has(Right::Snapshot));
        assert!(serde_json::from_str::<Rights>(r#""read""#).is_err());
    }
}
