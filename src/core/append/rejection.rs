use std::fmt;

use super::Expectation;
use crate::core::{AggregateId, AggregateType, EventId, InvalidInput};

/// An expectation that did not hold, with the version that the same transaction proved current.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionConflict {
    /// The aggregate.
    pub aggregate_id: AggregateId,
    /// What the append expected.
    pub expected: Expectation,
    /// The version that the aggregate has; 0 without events.
    pub actual: u64,
}

/// Why the log, as it stands, does not take an append. Nothing was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AppendRejection {
    /// Expectations that did not hold: all of them.
    ConcurrencyConflict(Vec<VersionConflict>),
    /// An event id is stored already, and the append is not a replay of the one that stored it.
    DuplicateEvent {
        /// The id.
        event_id: EventId,
        /// Where it is stored.
        sequence_number: u64,
    },
    /// The aggregate exists with another type.
    AggregateTypeMismatch {
        /// The aggregate.
        aggregate_id: AggregateId,
        /// The type that it has for ever.
        actual: AggregateType,
        /// The type that the append gave.
        given: AggregateType,
    },
    /// The log or the aggregate is at its largest number.
    Invalid(InvalidInput),
}

impl fmt::Display for AppendRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ConcurrencyConflict(conflicts) => {
                for (index, conflict) in conflicts.iter().enumerate() {
                    let separator = if index > 0 { "; " } else { "" };
                    let VersionConflict {
                        aggregate_id,
                        expected,
                        actual,
                    } = conflict;
                    write!(
                        f,
                        "{separator}expected {expected} of aggregate \"{aggregate_id}\", which is at version {actual}"
                    )?;
                }
                f.write_str(": load again and decide again")
            }
            Self::DuplicateEvent {
                event_id,
                sequence_number,
            } => write!(
                f,
                "event id {event_id} is stored at sequence number {sequence_number} by an append that differs from this one: \
                 repeat that append unchanged, or mint new ids"
            ),
            Self::AggregateTypeMismatch {
                aggregate_id,
                actual,
                given,
            } => {
                write!(
                    f,
                    "aggregate \"{aggregate_id}\" is a \"{actual}\" for ever, not a \"{given}\": use another id"
                )
            }
            Self::Invalid(invalid) => invalid.fmt(f),
        }
    }
}

impl std::error::Error for AppendRejection {}
