use std::time::Duration;

use crate::core::{Label, event::NewEvent};

/// What all events of a save have in common. An unknown outcome is found out by saving again with the same options.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SaveOptions {
    /// Who caused them.
    pub caused_by: Option<Label>,
    /// The business operation that they belong to.
    pub correlation_id: Option<Label>,
    /// The event or command that led to them.
    pub causation_id: Option<Label>,
}

/// How a command is executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecuteOptions {
    /// Makes the command repeatable: the ids of its events derive from this one, whoever repeats it.
    pub command_id: Option<Label>,
    /// How often the command is decided again after a conflict, or sent again after a failure that stored nothing.
    pub retries: u32,
    /// How long the command may go on trying; without one, until its outcome is known.
    pub deadline: Option<Duration>,
    /// What its events have in common.
    pub events: SaveOptions,
}

impl Default for ExecuteOptions {
    fn default() -> Self {
        Self {
            command_id: None,
            retries: 10,
            deadline: Some(Duration::from_secs(30)),
            events: SaveOptions::default(),
        }
    }
}

impl SaveOptions {
    pub(super) fn applied_to(&self, event: NewEvent) -> NewEvent {
        NewEvent {
            caused_by: self.caused_by.clone().or(event.caused_by),
            correlation_id: self.correlation_id.clone().or(event.correlation_id),
            causation_id: self.causation_id.clone().or(event.causation_id),
            ..event
        }
    }
}
