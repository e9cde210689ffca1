use std::{fmt, ops::Deref};

/// A record that cannot be read: it is damaged, or a newer version wrote it. One pointer, since each step of reading may return it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DamagedRecord(Box<DamagedRecordDetails>);

/// What a [`DamagedRecord`] says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DamagedRecordDetails {
    /// What does not fit.
    pub reason: String,
    /// Whether a newer version wrote it, so that it may be sound.
    pub unsupported: bool,
}

impl DamagedRecord {
    /// Something that does not fit.
    pub fn new(reason: impl Into<String>) -> Self {
        Self::of(reason.into(), false)
    }

    /// Something that a newer version wrote.
    pub fn unsupported(reason: impl Into<String>) -> Self {
        Self::of(reason.into(), true)
    }

    #[cold]
    fn of(reason: String, unsupported: bool) -> Self {
        Self(Box::new(DamagedRecordDetails { reason, unsupported }))
    }
}

impl Deref for DamagedRecord {
    type Target = DamagedRecordDetails;

    fn deref(&self) -> &DamagedRecordDetails {
        &self.0
    }
}

impl fmt::Display for DamagedRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for DamagedRecord {}
