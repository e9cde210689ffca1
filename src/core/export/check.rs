use super::entry::TYPE_CHANGES;
use crate::core::{
    AggregateId, EventId, IndexMap, InvalidInput, Link,
    append::{AggregateState, LogView},
    record::Record,
};

/// Checks what the chain does not prove of a record that is to be stored as it is, right after the head of `log` or as the beginning
/// of one without events: that ids are new, versions follow and types stay.
///
/// # Errors
///
/// Names the event's field; an export of a log never fails here.
pub fn check_import(record: &Record, log: &dyn LogView) -> Result<(), InvalidInput> {
    let directory = record.directory();
    let continues = directory.before.link != Link::NONE;
    if let Some(append) = directory.appends.first()
        && continues
        && append.recorded_at < log.last_recorded_at()
    {
        let reason = format!("is {}, before the log's last append", append.recorded_at);
        return Err(InvalidInput::argument("recordedAt", reason));
    }
    let mut aggregates: IndexMap<AggregateId, AggregateState> = IndexMap::default();
    let mut ids: IndexMap<EventId, ()> = IndexMap::default();
    for (index, event) in directory.events.iter().enumerate() {
        let number = directory.sequence_number(index);
        let refuse = |field: &str, reason: &str| {
            let field = format!("event {number}.{field}");
            Err(InvalidInput::argument(field, reason))
        };
        let (id, aggregate_type) = &directory.aggregates[event.aggregate];
        let known = aggregates.get(id).cloned().or_else(|| log.aggregate(id));
        let version = known.as_ref().map_or(0, |state| state.version) + 1;
        if event.aggregate_version != version {
            let reason = format!("is {}, but {version} follows", event.aggregate_version);
            return refuse("aggregateVersion", &reason);
        }
        if known.is_some_and(|state| state.aggregate_type != *aggregate_type) {
            return refuse("aggregateType", TYPE_CHANGES);
        }
        if ids.insert(event.id, ()).is_some() || log.append_with(event.id).is_some() {
            return refuse("id", "is stored already");
        }
        let state = AggregateState {
            version,
            aggregate_type: aggregate_type.clone(),
        };
        aggregates.insert(id.clone(), state);
    }
    Ok(())
}
