use crate::core::{CheckpointName, Cursor, read::EventFilter};

/// "No event matches this filter after that position": an expectation wider than one aggregate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppendCondition {
    /// What must not have happened.
    pub filter: EventFilter,
    /// The exclusive position after which it must not have happened.
    pub after: u64,
}

/// A checkpoint that moves in the same transaction as the append.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckpointMove {
    /// The consumer.
    pub name: CheckpointName,
    /// Where it must stand: nowhere, if none.
    pub from: Option<Cursor>,
    /// Where it stands afterwards.
    pub to: Cursor,
}
