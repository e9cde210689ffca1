use std::{collections::VecDeque, rc::Rc};

use super::{
    port::as_f64,
    schema::{is_epoch_change, record_key},
    sealed::Sealed,
};
use crate::core::{
    AggregateId, EventId, Head, IndexMap, Timestamp,
    append::{AggregateState, LogView, StoredAppend},
    record::Record,
};

/// The most aggregates remembered that have no event in the tail.
const REMEMBERED_AGGREGATES: usize = 50_000;

/// What this tab knows of the log: exactly all events up to the head, of which the unsealed ones are kept whole.
///
/// Every use that matters proves inside its transaction that the log still ends there.
pub(super) struct Tip {
    head: Head,
    last_recorded_at: Timestamp,
    /// How far the log is sealed, as far as this tab knows; none before the first seal.
    pub(super) sealed: Option<Sealed>,
    tail: VecDeque<Rc<Record>>,
    /// Sequence numbers of the tail's events by id.
    ids: IndexMap<EventId, u64>,
    /// Where aggregates stand: those of the tail, and sealed ones that were looked up. None: it has no events.
    aggregates: IndexMap<AggregateId, Option<AggregateState>>,
}

/// A tab does not know where an aggregate stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct NotKnown;

impl Tip {
    /// The tip of a log whose first unsealed record is this one.
    pub(super) fn new(sealed: Option<Sealed>, first: Record) -> Option<Self> {
        let mut tip = Self::after(sealed, first.directory().before);
        tip.push(first).then_some(tip)
    }

    /// The tip of a log whose unsealed records are lost; it can be read only.
    pub(super) fn after(sealed: Option<Sealed>, head: Head) -> Self {
        Self {
            head,
            last_recorded_at: Timestamp::MIN,
            sealed,
            tail: VecDeque::new(),
            ids: IndexMap::default(),
            aggregates: IndexMap::default(),
        }
    }

    /// Takes the record that follows; false if it does not follow.
    pub(super) fn push(&mut self, record: Record) -> bool {
        let directory = record.directory();
        if directory.before != self.head {
            return false;
        }
        self.note_events(&record);
        self.head = directory.head();
        self.last_recorded_at = directory.last_recorded_at().unwrap_or(self.last_recorded_at);
        self.tail.push_back(Rc::new(record));
        true
    }

    fn note_events(&mut self, record: &Record) {
        let directory = record.directory();
        for (index, event) in directory.events.iter().enumerate() {
            self.ids.insert(event.id, directory.sequence_number(index));
            let (id, aggregate_type) = &directory.aggregates[event.aggregate];
            let state = AggregateState {
                version: event.aggregate_version,
                aggregate_type: aggregate_type.clone(),
            };
            self.aggregates.insert(id.clone(), Some(state));
        }
    }

    /// Forgets the records up to a sequence number, which are sealed now.
    pub(super) fn forget_sealed(&mut self, sealed: Sealed) {
        if self.sealed.is_some_and(|known| known.to >= sealed.to) {
            return;
        }
        self.sealed = Some(sealed);
        while self.tail.len() > 1
            && self.tail.front().is_some_and(|record| {
                // A change of epoch is sealed together with what follows.
                record.last_sequence_number() < sealed.to
                    || record.last_sequence_number() == sealed.to && !is_epoch_change(record)
            })
        {
            self.tail.pop_front();
        }
        self.ids = IndexMap::default();
        if self.aggregates.len() > REMEMBERED_AGGREGATES {
            self.aggregates = IndexMap::default();
        }
        let tail = std::mem::take(&mut self.tail);
        for record in &tail {
            self.note_events(record);
        }
        self.tail = tail;
    }

    pub(super) fn head(&self) -> Head {
        self.head
    }

    /// The unsealed records, oldest first; the newest one is never sealed.
    pub(super) fn tail(&self) -> impl DoubleEndedIterator<Item = &Rc<Record>> {
        self.tail.iter()
    }

    /// The unsealed records with their keys, oldest first.
    pub(super) fn keyed_tail(&self) -> impl Iterator<Item = (f64, &Rc<Record>)> {
        let mut previous = 0.0;
        self.tail.iter().map(move |record| {
            previous = record_key(record, previous);
            (previous, record)
        })
    }

    /// The key of the newest record.
    pub(super) fn newest_key(&self) -> f64 {
        let changes = self
            .tail
            .iter()
            .rev()
            .take_while(|record| is_epoch_change(record))
            .count();
        self.tail
            .range(self.tail.len() - changes..)
            .fold(as_f64(self.head.sequence_number), |previous, record| {
                record_key(record, previous)
            })
    }

    /// Events and bytes that could be sealed.
    pub(super) fn unsealed(&self) -> (usize, usize) {
        let sealable = self.tail.iter().take(self.tail.len().saturating_sub(1));
        sealable.fold((0, 0), |(events, bytes), record| {
            (events + record.directory().events.len(), bytes + record.text().len())
        })
    }

    /// Where an aggregate stands; none if it has no events.
    ///
    /// # Errors
    ///
    /// If this tab has to look it up.
    pub(super) fn known_aggregate(&self, id: &AggregateId) -> Result<Option<AggregateState>, NotKnown> {
        match self.aggregates.get(id) {
            Some(state) => Ok(state.clone()),
            // Nothing is sealed: what is not in the tail does not exist.
            None if self.sealed.is_none() => Ok(None),
            None => Err(NotKnown),
        }
    }

    /// Remembers where a sealed aggregate stands, unless the tail knows better.
    pub(super) fn learn_aggregate(&mut self, id: AggregateId, state: Option<AggregateState>) {
        self.aggregates.get_or_insert(id, state);
    }

    /// Whether an id may be stored in a sealed record, so that it has to be looked up there.
    pub(super) fn may_be_sealed(&self, id: EventId) -> bool {
        let Some(sealed) = self.sealed else { return false };
        let is_newer = id.is_time_ordered() && sealed.largest_id.is_none_or(|largest| id > largest);
        !is_newer && !self.ids.contains(&id)
    }

    /// The append of the tail that stored the event with this id.
    pub(super) fn unsealed_append_with(&self, id: EventId) -> Option<StoredAppend> {
        let sequence_number = *self.ids.get(&id)?;
        let record = self.tail_record(sequence_number)?;
        Some(record.append_with(record.directory().index_of(sequence_number)?))
    }

    /// The unsealed record that holds a sequence number.
    pub(super) fn tail_record(&self, sequence_number: u64) -> Option<&Rc<Record>> {
        let at = self
            .tail
            .partition_point(|record| record.last_sequence_number() < sequence_number);
        self.tail
            .get(at)
            .filter(|record| record.first_sequence_number() <= sequence_number)
    }
}

/// The tip with the sealed appends that a group's ids were found in: all that planning needs.
pub(super) struct TipView<'a> {
    pub(super) tip: &'a Tip,
    pub(super) sealed_appends: &'a IndexMap<EventId, Option<StoredAppend>>,
}

impl LogView for TipView<'_> {
    fn head(&self) -> Head {
        self.tip.head
    }

    fn last_recorded_at(&self) -> Timestamp {
        self.tip.last_recorded_at
    }

    fn aggregate(&self, id: &AggregateId) -> Option<AggregateState> {
        self.tip.known_aggregate(id).unwrap_or_default()
    }

    fn append_with(&self, id: EventId) -> Option<StoredAppend> {
        self.tip
            .unsealed_append_with(id)
            .or_else(|| self.sealed_appends.get(&id).cloned().flatten())
    }
}
