use std::{error::Error, fmt};

use crate::{
    core::{AggregateId, AggregateType, InvalidInput, fold::FoldError},
    engine::ReadError,
    storage::{AppendError, StorageError},
};

/// Why an aggregate was not loaded.
#[derive(Debug)]
pub enum LoadError {
    /// The aggregate does not have the version, or the request was refused.
    Invalid(InvalidInput),
    /// The aggregate has no events, though it must exist.
    NotFound(AggregateId),
    /// The aggregate has another type than the repository's.
    TypeMismatch {
        /// The aggregate.
        aggregate_id: AggregateId,
        /// The type that it has.
        actual: AggregateType,
    },
    /// Its events could not be folded.
    Fold(FoldError),
    /// The storage failed.
    Storage(StorageError),
}

/// Why a command was not executed.
#[derive(Debug)]
pub enum ExecuteError<E> {
    /// The decision: it passes through unchanged.
    Decide(E),
    /// The aggregate was not loaded.
    Load(LoadError),
    /// The events were not appended: no retry was left, or none would help. The error says what is known of the outcome.
    Append(AppendError),
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(error) => error.fmt(f),
            Self::NotFound(id) => write!(f, "aggregate \"{id}\" has no events"),
            Self::TypeMismatch { aggregate_id, actual } => {
                write!(
                    f,
                    "aggregate \"{aggregate_id}\" is a \"{actual}\": load it with a repository of that type"
                )
            }
            Self::Fold(error) => error.fmt(f),
            Self::Storage(error) => error.fmt(f),
        }
    }
}

impl<E: fmt::Display> fmt::Display for ExecuteError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decide(error) => error.fmt(f),
            Self::Load(error) => error.fmt(f),
            Self::Append(error) => error.fmt(f),
        }
    }
}

impl Error for LoadError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Storage(error) => error.source(),
            _ => None,
        }
    }
}

impl<E: Error + 'static> Error for ExecuteError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Decide(error) => error.source(),
            Self::Load(error) => error.source(),
            Self::Append(error) => error.source(),
        }
    }
}

impl From<ReadError> for LoadError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Invalid(error) => Self::Invalid(error),
            ReadError::Storage(error) => Self::Storage(error),
        }
    }
}

impl From<StorageError> for LoadError {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

impl From<FoldError> for LoadError {
    fn from(error: FoldError) -> Self {
        Self::Fold(error)
    }
}

impl<E> From<LoadError> for ExecuteError<E> {
    fn from(error: LoadError) -> Self {
        Self::Load(error)
    }
}

impl<E> From<AppendError> for ExecuteError<E> {
    fn from(error: AppendError) -> Self {
        Self::Append(error)
    }
}
