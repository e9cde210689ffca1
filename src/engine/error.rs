use std::{error::Error, fmt};

use crate::{
    core::{AggregateId, AggregateType, InvalidInput, record::ChainFault},
    storage::StorageError,
};

/// Why events could not be read.
#[derive(Debug)]
pub enum ReadError {
    /// The request was refused.
    Invalid(InvalidInput),
    /// The storage failed.
    Storage(StorageError),
}

/// Why a log could not be proved intact.
#[derive(Debug)]
pub enum VerifyError {
    /// The first append that does not fit.
    Fault(ChainFault),
    /// The storage failed, or the log has no such place as it was to be compared with.
    Storage(StorageError),
}

/// Why a snapshot was not made.
#[derive(Debug)]
pub enum SnapshotError {
    /// The version is not one that the aggregate has.
    Invalid(InvalidInput),
    /// The aggregate has another type.
    TypeMismatch {
        /// The aggregate.
        aggregate_id: AggregateId,
        /// The type that it has for ever.
        actual: AggregateType,
        /// The type that was given.
        given: AggregateType,
    },
    /// The storage failed.
    Storage(StorageError),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(error) => error.fmt(f),
            Self::Storage(error) => error.fmt(f),
        }
    }
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fault(fault) => fault.fmt(f),
            Self::Storage(error) => error.fmt(f),
        }
    }
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(error) => error.fmt(f),
            Self::TypeMismatch {
                aggregate_id,
                actual,
                given,
            } => write!(
                f,
                "aggregate \"{aggregate_id}\" is a \"{actual}\" for ever, not a \"{given}\""
            ),
            Self::Storage(error) => error.fmt(f),
        }
    }
}

impl Error for ReadError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Storage(error) => error.source(),
            Self::Invalid(_) => None,
        }
    }
}

impl Error for VerifyError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Storage(error) => error.source(),
            Self::Fault(_) => None,
        }
    }
}

impl Error for SnapshotError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Storage(error) => error.source(),
            _ => None,
        }
    }
}

impl From<InvalidInput> for ReadError {
    fn from(error: InvalidInput) -> Self {
        Self::Invalid(error)
    }
}

impl From<StorageError> for ReadError {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

impl From<ChainFault> for VerifyError {
    fn from(fault: ChainFault) -> Self {
        Self::Fault(fault)
    }
}

impl From<StorageError> for VerifyError {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

impl From<InvalidInput> for SnapshotError {
    fn from(error: InvalidInput) -> Self {
        Self::Invalid(error)
    }
}

impl From<StorageError> for SnapshotError {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}
