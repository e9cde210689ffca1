//! Events: before they are stored, as they are stored, and the digest of their content.

mod content;
mod digest;
mod input;
mod new_event;
mod recorded_event;

pub use content::EventContent;
pub(crate) use input::read_events_at;
pub use input::read_new_events;
pub(crate) use new_event::MAX_TAGS;
pub use new_event::NewEvent;
pub use recorded_event::RecordedEvent;
pub(crate) use recorded_event::{write_event_json, write_new_event_json};
