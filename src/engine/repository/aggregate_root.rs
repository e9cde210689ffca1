use crate::core::{AggregateId, event::NewEvent, fold::Folded};

/// An aggregate as it was loaded, with the events raised on it since.
#[derive(Clone, Debug)]
pub struct AggregateRoot<T> {
    id: AggregateId,
    stored_version: u64,
    folded: Folded<T>,
    uncommitted: Vec<NewEvent>,
}

impl<T> AggregateRoot<T> {
    pub(super) fn stored(id: AggregateId, folded: Folded<T>) -> Self {
        Self {
            id,
            stored_version: folded.version,
            folded,
            uncommitted: Vec::new(),
        }
    }

    /// Its id.
    pub fn id(&self) -> &AggregateId {
        &self.id
    }

    /// The state, with uncommitted events.
    pub fn state(&self) -> &T {
        &self.folded.state
    }

    /// The version, with uncommitted events.
    pub fn version(&self) -> u64 {
        self.folded.version
    }

    /// The version that the next save expects the log to have.
    pub fn stored_version(&self) -> u64 {
        self.stored_version
    }

    /// The events that the next save appends; their ids were fixed when they were raised.
    pub fn uncommitted(&self) -> &[NewEvent] {
        &self.uncommitted
    }

    pub(super) fn folded_mut(&mut self) -> &mut Folded<T> {
        &mut self.folded
    }

    pub(super) fn push(&mut self, event: NewEvent) {
        self.uncommitted.push(event);
    }

    pub(super) fn commit(&mut self) {
        self.stored_version = self.folded.version;
        self.uncommitted.clear();
    }
}
