use super::{
    AppendRejection, Durability, LinkedEvent, PreparedAppend, Receipt, StoredAppend, StoredEventKey, VersionConflict,
    append_link,
};
use crate::core::{
    AggregateId, AggregateType, EventId, Head, IndexMap, InvalidInput, MAX_SAFE_INTEGER, Timestamp,
    record::{Record, RecordBuilder},
};

/// Where an aggregate stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AggregateState {
    /// Its version, at least 1.
    pub version: u64,
    /// Its type, fixed by its first event.
    pub aggregate_type: AggregateType,
}

/// What planning needs to know of a log: exactly its state right after the head.
pub trait LogView {
    /// The place of the last event.
    fn head(&self) -> Head;
    /// When the last append was recorded.
    fn last_recorded_at(&self) -> Timestamp;
    /// Where an aggregate stands; none if it has no events.
    fn aggregate(&self, id: &AggregateId) -> Option<AggregateState>;
    /// The append that stored the event with this id; none if no event has it.
    fn append_with(&self, id: EventId) -> Option<StoredAppend>;
}

/// Plans a group of appends that one transaction is to write, in order, each seeing the earlier ones.
///
/// The outcomes are true once that transaction has completed on exactly the state that `log` shows; until then nobody may be told.
pub struct GroupPlan<'a> {
    log: &'a dyn LogView,
    head: Head,
    last_recorded_at: Timestamp,
    aggregates: IndexMap<AggregateId, AggregateState>,
    appends: Vec<StoredAppend>,
    append_of_event: IndexMap<EventId, usize>,
    builder: RecordBuilder,
}

impl<'a> GroupPlan<'a> {
    /// An empty group after the head of `log`.
    pub fn new(log: &'a dyn LogView) -> Self {
        let head = log.head();
        Self {
            log,
            head,
            last_recorded_at: log.last_recorded_at(),
            aggregates: IndexMap::default(),
            appends: Vec::new(),
            append_of_event: IndexMap::default(),
            builder: RecordBuilder::after(&head),
        }
    }

    /// Plans one more append: looks at ids first, then at types and expectations, then gives it its place.
    ///
    /// # Errors
    ///
    /// [`AppendRejection`]; the group is as it was before.
    pub fn add(
        &mut self,
        append: &PreparedAppend,
        now: Timestamp,
        durability: Durability,
    ) -> Result<Receipt, AppendRejection> {
        if let Some(receipt) = self.replay(append)? {
            return Ok(receipt);
        }
        self.check_types(append)?;
        self.check_expectations(append)?;
        self.place(append, now, durability)
    }

    /// The record to write; none if no append of the group writes anything.
    pub fn finish(self) -> Option<Record> {
        (!self.appends.is_empty()).then(|| self.builder.finish())
    }

    fn replay(&self, append: &PreparedAppend) -> Result<Option<Receipt>, AppendRejection> {
        for event in append.events() {
            let id = event.content.id;
            let in_group = self.append_of_event.get(&id).map(|&index| self.appends[index].clone());
            let Some(stored) = in_group.or_else(|| self.log.append_with(id)) else {
                continue;
            };
            if stored.is_repeated_by(append) {
                return Ok(Some(stored.receipt()));
            }
            let sequence_number = stored.sequence_number_of(id).unwrap_or(stored.first_sequence_number);
            return Err(AppendRejection::DuplicateEvent {
                event_id: id,
                sequence_number,
            });
        }
        Ok(None)
    }

    fn state_of(&self, id: &AggregateId) -> Option<AggregateState> {
        self.aggregates.get(id).cloned().or_else(|| self.log.aggregate(id))
    }

    fn check_types(&self, append: &PreparedAppend) -> Result<(), AppendRejection> {
        for event in append.events() {
            let content = &event.content;
            let Some(state) = self.state_of(&content.aggregate_id) else {
                continue;
            };
            if state.aggregate_type != content.aggregate_type {
                return Err(AppendRejection::AggregateTypeMismatch {
                    aggregate_id: content.aggregate_id.clone(),
                    actual: state.aggregate_type,
                    given: content.aggregate_type.clone(),
                });
            }
        }
        Ok(())
    }

    fn check_expectations(&self, append: &PreparedAppend) -> Result<(), AppendRejection> {
        let mut conflicts = Vec::new();
        for (id, expected) in append.expectations().iter() {
            let actual = self.state_of(id).map_or(0, |state| state.version);
            if !expected.holds(actual) {
                conflicts.push(VersionConflict {
                    aggregate_id: id.clone(),
                    expected,
                    actual,
                });
            }
        }
        if conflicts.is_empty() {
            Ok(())
        } else {
            Err(AppendRejection::ConcurrencyConflict(conflicts))
        }
    }

    fn place(
        &mut self,
        append: &PreparedAppend,
        now: Timestamp,
        durability: Durability,
    ) -> Result<Receipt, AppendRejection> {
        let count = append.events().len() as u64;
        if self.head.sequence_number + count > MAX_SAFE_INTEGER {
            let reason = format!(
                "do not fit: the log is at sequence number {}",
                self.head.sequence_number
            );
            return Err(AppendRejection::Invalid(InvalidInput::argument("events", reason)));
        }
        let recorded_at = now.max(self.last_recorded_at);
        let first_sequence_number = self.head.sequence_number + 1;
        let mut keys = Vec::with_capacity(append.events().len());
        let mut linked = Vec::with_capacity(append.events().len());
        for event in append.events() {
            let content = &event.content;
            let aggregate_version = self.next_version(&content.aggregate_id, &content.aggregate_type);
            linked.push(LinkedEvent {
                aggregate_version,
                digest: event.digest,
            });
            keys.push(StoredEventKey {
                id: content.id,
                digest: event.digest,
                created_at: content.created_at,
                aggregate_id: content.aggregate_id.clone(),
                aggregate_version,
            });
        }
        let link = append_link(&self.head, recorded_at, &linked);
        self.head = Head {
            epoch: self.head.epoch,
            sequence_number: self.head.sequence_number + count,
            link,
        };
        self.last_recorded_at = recorded_at;
        for (key, event) in keys.iter().zip(append.events()) {
            self.append_of_event.insert(key.id, self.appends.len());
            self.builder
                .push_event(&event.content, event.digest, key.aggregate_version, recorded_at);
        }
        self.builder.end_append(recorded_at, durability, link);
        let stored = StoredAppend {
            first_sequence_number,
            recorded_at,
            durability,
            head: self.head,
            events: keys,
        };
        let receipt = stored.receipt();
        self.appends.push(stored);
        Ok(Receipt {
            replayed: false,
            ..receipt
        })
    }

    fn next_version(&mut self, id: &AggregateId, aggregate_type: &AggregateType) -> u64 {
        let version = self.state_of(id).map_or(0, |state| state.version) + 1;
        self.aggregates.insert(
            id.clone(),
            AggregateState {
                version,
                aggregate_type: aggregate_type.clone(),
            },
        );
        version
    }
}
