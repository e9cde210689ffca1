//! The planner: a group of appends comes to the same as the appends one by one, and to what a naive count says.

use std::collections::BTreeMap;

use foldlog::core::{
    Timestamp,
    append::{AppendRejection, Durability, Expectation, GroupPlan, LogView, PreparedAppend, Receipt},
    event::NewEvent,
    record::Record,
};
use proptest::prelude::*;

use crate::samples::{ListedLog, events, prepare};

/// An append: new events, or those of an earlier one again; and what it expects of every aggregate.
#[derive(Clone, Debug)]
struct Sent {
    events: Vec<NewEvent>,
    again: Option<prop::sample::Index>,
    expectation: Expectation,
    now: i64,
}

prop_compose! {
    fn sent()(
        events in events(),
        again in prop::option::weighted(0.2, any::<prop::sample::Index>()),
        expectation in prop_oneof![
            3 => Just(Expectation::Any),
            1 => Just(Expectation::Exact(0)),
            1 => Just(Expectation::Exact(1)),
            1 => Just(Expectation::Exists),
        ],
        now in 0..100_i64,
    ) -> Sent {
        Sent { events, again, expectation, now }
    }
}

fn prepared(all: Vec<Sent>) -> Vec<(PreparedAppend, i64)> {
    let mut appends: Vec<(PreparedAppend, i64)> = Vec::new();
    for (sent, number) in all.into_iter().zip(0..) {
        let earlier = sent
            .again
            .filter(|_| !appends.is_empty())
            .map(|index| index.get(&appends).0.clone());
        let append = earlier.unwrap_or_else(|| prepare(sent.events, sent.expectation, sent.now, number * 100));
        appends.push((append, sent.now));
    }
    appends
}

type Outcome = Result<Receipt, AppendRejection>;

/// Plans the appends in groups of these sizes, each group a record.
fn plan(appends: &[(PreparedAppend, i64)], size: usize) -> (ListedLog, Vec<Outcome>) {
    let mut log = ListedLog::new();
    let mut outcomes = Vec::new();
    for group in appends.chunks(size) {
        let mut plan = GroupPlan::new(&log);
        for (append, now) in group {
            outcomes.push(plan.add(append, Timestamp::from_millis(*now), Durability::Strict));
        }
        if let Some(record) = plan.finish() {
            log.records.push(record);
        }
    }
    (log, outcomes)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn grouping_changes_nothing(all in prop::collection::vec(sent(), 1..12), size in 2..6_usize) {
        let appends = prepared(all);
        let (one_by_one, outcomes) = plan(&appends, 1);
        let (grouped, in_groups) = plan(&appends, size);
        prop_assert_eq!(outcomes, in_groups);
        prop_assert_eq!(one_by_one.head(), grouped.head());
        prop_assert_eq!(Record::join(&one_by_one.records), Record::join(&grouped.records));
    }

    #[test]
    fn outcomes_are_those_of_a_naive_count(all in prop::collection::vec(sent(), 1..12), size in 1..6_usize) {
        let appends = prepared(all);
        let (log, outcomes) = plan(&appends, size);
        let mut versions: BTreeMap<String, u64> = BTreeMap::new();
        let (mut number, mut recorded_at) = (0, 0);
        let mut stored: Vec<&PreparedAppend> = Vec::new();
        for ((append, now), outcome) in appends.iter().zip(&outcomes) {
            let failing = append.expectations().iter().any(|(id, expectation)| {
                let version = versions.get(id.as_str()).copied().unwrap_or(0);
                match expectation {
                    Expectation::Any => false,
                    Expectation::Exists => version == 0,
                    Expectation::Exact(exact) => version != exact,
                }
            });
            let replayed = stored.contains(&append);
            match outcome {
                Ok(receipt) if receipt.replayed => prop_assert!(replayed),
                Ok(receipt) => {
                    prop_assert!(!failing && !replayed);
                    prop_assert_eq!(receipt.first_sequence_number, number + 1);
                    number += append.events().len() as u64;
                    prop_assert_eq!(receipt.last_sequence_number, number);
                    for event in append.events() {
                        *versions.entry(event.content.aggregate_id.to_string()).or_default() += 1;
                    }
                    for (id, version) in &receipt.versions {
                        prop_assert_eq!(*version, versions[id.as_str()]);
                    }
                    recorded_at = recorded_at.max(*now);
                    stored.push(append);
                }
                Err(AppendRejection::ConcurrencyConflict(conflicts)) => {
                    prop_assert!(failing && !replayed);
                    for conflict in conflicts {
                        let actual = versions.get(conflict.aggregate_id.as_str()).copied().unwrap_or(0);
                        prop_assert_eq!(conflict.actual, actual);
                    }
                }
                Err(other) => prop_assert!(false, "{}", other),
            }
        }
        prop_assert_eq!(log.head().sequence_number, number);
        prop_assert!(number == 0 || log.last_recorded_at().millis() == recorded_at);
    }
}
