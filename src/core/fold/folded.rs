use std::fmt;

use super::{Aggregate, UpcastError, UpcasterRegistry};
use crate::core::{EventType, event::RecordedEvent};

/// An aggregate's state at a version, as far as its events were folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folded<S> {
    /// The state.
    pub state: S,
    /// The version of the last event folded; 0 before the first.
    pub version: u64,
}

/// Why events could not be folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FoldError {
    /// A version is missing or comes twice: the log is damaged.
    NotContiguous {
        /// The version that should have come.
        expected: u64,
        /// The version that came.
        found: u64,
    },
    /// The aggregate does not know the type of an event.
    UnknownEventType {
        /// The type.
        event_type: EventType,
        /// Where the event is stored.
        sequence_number: u64,
    },
    /// An event could not be brought to its current schema version.
    Upcast(UpcastError),
}

impl fmt::Display for FoldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotContiguous { expected, found } => write!(
                f,
                "version {expected} of the aggregate is missing; version {found} came"
            ),
            Self::UnknownEventType {
                event_type,
                sequence_number,
            } => {
                write!(
                    f,
                    "the aggregate does not know event type \"{event_type}\" at sequence number {sequence_number}"
                )
            }
            Self::Upcast(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for FoldError {}

impl<S: Clone> Folded<S> {
    /// The initial state at version 0.
    pub fn initial<A: Aggregate<State = S>>(aggregate: &A) -> Self {
        Self {
            state: aggregate.initial(),
            version: 0,
        }
    }

    /// Folds the next event.
    ///
    /// # Errors
    ///
    /// [`FoldError`]; the state is as it was before.
    pub fn fold<A: Aggregate<State = S>>(
        &mut self,
        aggregate: &A,
        upcasters: &UpcasterRegistry,
        event: &RecordedEvent,
    ) -> Result<(), FoldError> {
        if event.aggregate_version != self.version + 1 {
            return Err(FoldError::NotContiguous {
                expected: self.version + 1,
                found: event.aggregate_version,
            });
        }
        let current = upcasters.upcast(event).map_err(FoldError::Upcast)?;
        match aggregate.evolve(self.state.clone(), &current) {
            Some(state) => self.state = state,
            None if aggregate.ignores_unknown_events() => {}
            None => {
                return Err(FoldError::UnknownEventType {
                    event_type: event.content.event_type.clone(),
                    sequence_number: event.sequence_number,
                });
            }
        }
        self.version += 1;
        Ok(())
    }
}
