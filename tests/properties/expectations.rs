//! How the places agree in which an expectation can be given.

use std::collections::BTreeMap;

use foldlog::{
    core::{
        append::{Expectation, Expectations, GivenExpectations},
        event::NewEvent,
    },
    testing::{aggregate_id, event},
};
use proptest::prelude::*;

fn expectation() -> impl Strategy<Value = Expectation> {
    prop_oneof![
        (0..4_u64).prop_map(Expectation::Exact),
        Just(Expectation::Any),
        Just(Expectation::Exists)
    ]
}

/// What each aggregate is expected to be, if everyone agrees; written without the rule's own code.
fn naive(
    events: &[(u8, Option<u64>)],
    whole: Option<Expectation>,
    each: &[(u8, Expectation)],
) -> Option<BTreeMap<u8, Expectation>> {
    let mut said: Vec<(u8, Expectation)> = each.to_vec();
    let mut named: Vec<u8> = each.iter().map(|(id, _)| *id).collect();
    named.sort_unstable();
    named.dedup();
    if named.len() != each.len() {
        return None;
    }
    if let Some(whole) = whole {
        let id = events.first()?.0;
        if events.iter().any(|(other, _)| *other != id) {
            return None;
        }
        said.push((id, whole));
    }
    for id in 0..4 {
        let versions: Vec<_> = events
            .iter()
            .filter(|(other, _)| *other == id)
            .map(|(_, version)| *version)
            .collect();
        let given: Vec<u64> = versions.iter().copied().flatten().collect();
        if given.is_empty() {
            continue;
        }
        let consecutive: Vec<u64> = (given[0]..).take(given.len()).collect();
        if given.len() != versions.len() || given != consecutive {
            return None;
        }
        said.push((id, Expectation::Exact(given[0] - 1)));
    }
    let mut agreed = BTreeMap::new();
    for (id, expectation) in said {
        if agreed.insert(id, expectation).is_some_and(|other| other != expectation) {
            return None;
        }
    }
    events.iter().all(|(id, _)| agreed.contains_key(id)).then_some(agreed)
}

proptest! {
    #[test]
    fn they_agree_as_the_naive_rule_says(
        events in prop::collection::vec((0..4_u8, prop::option::weighted(0.4, 1..4_u64)), 1..5),
        whole in prop::option::weighted(0.3, expectation()),
        each in prop::collection::vec((0..4_u8, expectation()), 0..4),
    ) {
        let given = GivenExpectations {
            of_the_aggregate: whole,
            of_each: each.iter().map(|(id, expectation)| (aggregate_id(&id.to_string()), *expectation)).collect(),
        };
        let new: Vec<_> = events
            .iter()
            .map(|(id, version)| NewEvent { aggregate_version: *version, ..event(&id.to_string(), "1") })
            .collect();
        let found = Expectations::agree(&new, &given).ok().map(|agreed| {
            agreed.iter().map(|(id, expectation)| (id.as_str().parse().unwrap(), expectation)).collect()
        });
        prop_assert_eq!(found, naive(&events, whole, &each));
    }
}
