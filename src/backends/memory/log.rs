use std::sync::Arc;

use crate::core::{
    AggregateId, AggregateType, Epoch, EventId, Head, IndexMap, Timestamp,
    append::{AggregateState, AppendRejection, Durability, GroupPlan, LogView, PreparedAppend, Receipt, StoredAppend},
    export::check_import,
    record::Record,
};
use crate::storage::{ImportError, ImportRequest, ImportStep};

/// The records of a log and where to find things in them.
pub(super) struct Log {
    records: Vec<Arc<Record>>,
    head: Head,
    last_recorded_at: Timestamp,
    aggregates: IndexMap<AggregateId, AggregateEvents>,
    sequence_of_id: IndexMap<EventId, u64>,
    /// Whether it takes imports only.
    is_mirror: bool,
}

struct AggregateEvents {
    aggregate_type: AggregateType,
    /// The sequence number of each version, from version 1.
    sequence_numbers: Vec<u64>,
}

impl Log {
    /// A log that begins `epoch` and has no events.
    pub(super) fn new(epoch: Epoch, now: Timestamp) -> Self {
        Self::beginning(Record::genesis(epoch, now, Durability::Memory))
    }

    /// A log whose first record is this one.
    fn beginning(record: Record) -> Self {
        let mut log = Self {
            head: record.directory().before,
            records: Vec::new(),
            last_recorded_at: Timestamp::MIN,
            aggregates: IndexMap::default(),
            sequence_of_id: IndexMap::default(),
            is_mirror: false,
        };
        log.push(record);
        log
    }

    /// Stores a record of another log as it is.
    pub(super) fn import(&mut self, request: ImportRequest) -> Result<(), ImportError> {
        let ImportRequest { record, step } = request;
        let record = record.with_durability(Durability::Memory);
        let is_empty = self.head.sequence_number == 0;
        let fits = match step {
            ImportStep::Begin => is_empty,
            ImportStep::Finish if !self.is_mirror => return Ok(()),
            ImportStep::Continue | ImportStep::Finish => self.head == record.directory().before,
        };
        if !fits {
            return Err(ImportError::Elsewhere(self.head));
        }
        match step {
            ImportStep::Begin => {
                check_import(&record, &*self).map_err(ImportError::Invalid)?;
                *self = Self::beginning(record);
                self.is_mirror = true;
            }
            ImportStep::Continue => {
                check_import(&record, &*self).map_err(ImportError::Invalid)?;
                self.push(record);
            }
            ImportStep::Finish => {
                self.push(record);
                self.is_mirror = false;
            }
        }
        Ok(())
    }

    /// Whether it takes imports only.
    pub(super) fn is_mirror(&self) -> bool {
        self.is_mirror
    }

    /// Plans an append on the log as it stands and stores what was planned.
    pub(super) fn append(&mut self, append: &PreparedAppend, now: Timestamp) -> Result<Receipt, AppendRejection> {
        let mut plan = GroupPlan::new(&*self);
        let receipt = plan.add(append, now, Durability::Memory)?;
        if let Some(record) = plan.finish() {
            self.push(record);
        }
        Ok(receipt)
    }

    pub(super) fn head(&self) -> Head {
        self.head
    }

    /// All records, in order.
    pub(super) fn records(&self) -> &[Arc<Record>] {
        &self.records
    }

    /// The record that holds an event of the log, and the event's index in it.
    pub(super) fn event(&self, sequence_number: u64) -> Option<(&Record, usize)> {
        let at = self
            .records
            .partition_point(|record| record.last_sequence_number() < sequence_number);
        let record = self.records.get(at)?;
        Some((record, record.directory().index_of(sequence_number)?))
    }

    pub(super) fn place(&self, sequence_number: u64) -> Option<Head> {
        // The last record that begins at or before it: a change of epoch right after an event belongs to the event's place.
        let after = self
            .records
            .partition_point(|record| record.directory().before.sequence_number <= sequence_number);
        self.records.get(after.checked_sub(1)?)?.place_of(sequence_number)
    }

    pub(super) fn state_of(&self, id: &AggregateId) -> Option<AggregateState> {
        let events = self.aggregates.get(id)?;
        Some(AggregateState {
            version: events.sequence_numbers.len() as u64,
            aggregate_type: events.aggregate_type.clone(),
        })
    }

    /// The sequence number of each version of an aggregate, from version 1.
    pub(super) fn sequence_numbers(&self, id: &AggregateId) -> &[u64] {
        self.aggregates
            .get(id)
            .map_or(&[], |events| events.sequence_numbers.as_slice())
    }

    pub(super) fn find(&self, id: EventId) -> Option<StoredAppend> {
        let (record, index) = self.event(*self.sequence_of_id.get(&id)?)?;
        Some(record.append_with(index))
    }

    fn push(&mut self, record: Record) {
        let directory = record.directory();
        for (index, event) in directory.events.iter().enumerate() {
            let sequence_number = directory.sequence_number(index);
            let (id, aggregate_type) = &directory.aggregates[event.aggregate];
            let first = AggregateEvents {
                aggregate_type: aggregate_type.clone(),
                sequence_numbers: Vec::new(),
            };
            let events = self.aggregates.get_or_insert(id.clone(), first);
            events.sequence_numbers.push(sequence_number);
            self.sequence_of_id.insert(event.id, sequence_number);
        }
        self.head = directory.head();
        self.last_recorded_at = directory.last_recorded_at().unwrap_or(self.last_recorded_at);
        self.records.push(Arc::new(record));
    }
}

impl LogView for Log {
    fn head(&self) -> Head {
        self.head
    }

    fn last_recorded_at(&self) -> Timestamp {
        self.last_recorded_at
    }

    fn aggregate(&self, id: &AggregateId) -> Option<AggregateState> {
        self.state_of(id)
    }

    fn append_with(&self, id: EventId) -> Option<StoredAppend> {
        self.find(id)
    }
}
