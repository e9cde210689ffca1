use std::{collections::BTreeSet, sync::atomic::Ordering};

use foldlog::core::{
    AggregateId, EventId,
    append::{Durability, GroupPlan},
    record::Record,
};
use foldlog::storage::StorageError;

use super::{
    facts::Facts,
    queue::Pending,
    transaction::{Change, Trouble, lock},
};
use crate::log::Log;

/// Plans a group under the lock of the log's head and writes what is accepted; what was planned is true if this succeeds.
pub(super) async fn attempt(log: &Log, group: &mut [Pending]) -> Result<(), Trouble> {
    let (ids, aggregates) = wanted(group);
    let locked = lock(log, &ids, &aggregates).await?;
    if locked.facts.is_mirror {
        locked.release().await;
        return Err(Trouble::Refused(StorageError::is_mirror()));
    }
    log.database.counted.groups.fetch_add(1, Ordering::Relaxed);
    if let Some(record) = plan(log, group, &locked.facts) {
        let change = Change {
            is_mirror: false,
            begins: false,
        };
        locked.commit(log, &record, change).await
    } else {
        locked.release().await;
        Ok(())
    }
}

/// Which ids and aggregates have to be looked at.
fn wanted(group: &[Pending]) -> (Vec<EventId>, Vec<&AggregateId>) {
    let mut ids = BTreeSet::new();
    let mut aggregates = BTreeSet::new();
    for pending in group {
        ids.extend(pending.append.events().iter().map(|event| event.content.id));
        aggregates.extend(pending.append.aggregates());
    }
    (ids.into_iter().collect(), aggregates.into_iter().collect())
}

/// The record that stores the group; none if nothing of it is new.
fn plan(log: &Log, group: &mut [Pending], facts: &Facts) -> Option<Record> {
    let mut plan = GroupPlan::new(facts);
    let now = log.database.environment.now();
    for pending in group {
        pending.planned = Some(plan.add(&pending.append, now, Durability::Remote));
    }
    plan.finish()
}
