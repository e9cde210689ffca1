use std::{borrow::Cow, collections::HashMap, fmt, sync::Arc};

use crate::core::{EventType, event::RecordedEvent};

/// A step from one schema version to the next: pure, synchronous; gives the payload as JSON and, if it is renamed, the new type.
type Step = Arc<dyn Fn(&str) -> Result<(Option<EventType>, String), String> + Send + Sync>;

/// Brings stored events to their current schema versions; what is stored does not change.
#[derive(Clone, Default)]
pub struct UpcasterRegistry {
    steps: HashMap<(EventType, u16), Step>,
    current: HashMap<EventType, u16>,
}

/// An event as its aggregate sees it: at the current schema version of its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpcastEvent<'a> {
    /// The stored event, unchanged.
    pub recorded: &'a RecordedEvent,
    /// The current type.
    pub event_type: Cow<'a, str>,
    /// The current schema version.
    pub schema_version: u16,
    /// The payload at that version.
    pub event_data: Cow<'a, str>,
}

/// An event that could not be brought to its current schema version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpcastError {
    /// Where the event is stored.
    pub sequence_number: u64,
    /// The type that it had when it failed.
    pub event_type: EventType,
    /// The schema version that it had when it failed.
    pub schema_version: u16,
    /// What failed.
    pub reason: String,
}

impl fmt::Display for UpcastError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            sequence_number,
            event_type,
            schema_version,
            reason,
        } = self;
        write!(
            f,
            "event {sequence_number} (\"{event_type}\", schema version {schema_version}) could not be upcast: {reason}"
        )
    }
}

impl std::error::Error for UpcastError {}

impl UpcasterRegistry {
    /// Declares the schema version that events of this type have today; 1 unless declared.
    pub fn declare(&mut self, event_type: EventType, current: u16) {
        self.current.insert(event_type, current);
    }

    /// Adds the step from `schema_version` of `event_type` to the next version.
    pub fn add(
        &mut self,
        event_type: EventType,
        schema_version: u16,
        step: impl Fn(&str) -> Result<(Option<EventType>, String), String> + Send + Sync + 'static,
    ) {
        self.steps.insert((event_type, schema_version), Arc::new(step));
    }

    /// The event at the current schema version of its type.
    ///
    /// # Errors
    ///
    /// [`UpcastError`] if a step is missing or fails, or the event is newer than what is declared.
    pub fn upcast<'a>(&self, event: &'a RecordedEvent) -> Result<UpcastEvent<'a>, UpcastError> {
        let mut event_type = event.content.event_type.clone();
        let mut schema_version = event.content.schema_version;
        let mut event_data = Cow::Borrowed(event.content.event_data.as_str());
        let mut stepped = false;
        loop {
            let current = self.current.get(&event_type).copied().unwrap_or(1);
            let failed = |reason: String| UpcastError {
                sequence_number: event.sequence_number,
                event_type: event_type.clone(),
                schema_version,
                reason,
            };
            if let Some(step) = self.steps.get(&(event_type.clone(), schema_version)) {
                let (renamed, data) = step(&event_data).map_err(failed)?;
                let next = schema_version
                    .checked_add(1)
                    .ok_or_else(|| failed("the schema version is the last one".to_owned()))?;
                event_data = Cow::Owned(data);
                event_type = renamed.unwrap_or(event_type);
                schema_version = next;
                stepped = true;
            } else if schema_version == current {
                let name = if stepped {
                    Cow::Owned(event_type.as_str().to_owned())
                } else {
                    Cow::Borrowed(event.content.event_type.as_str())
                };
                return Ok(UpcastEvent {
                    recorded: event,
                    event_type: name,
                    schema_version,
                    event_data,
                });
            } else if schema_version < current {
                return Err(failed(format!("the step to version {} is missing", schema_version + 1)));
            } else {
                return Err(failed(format!("it is newer than the declared version {current}")));
            }
        }
    }
}
