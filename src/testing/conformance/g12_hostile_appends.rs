use super::{Lab, each, event, event_id, refused};
use crate::{
    core::{
        MAX_SAFE_INTEGER,
        append::{Expectation, GivenExpectations},
        event::NewEvent,
    },
    testing::{Fixture, aggregate_type, label},
};

type Case = (Vec<NewEvent>, GivenExpectations, &'static str);

/// Refuses each case with the field's name, and leaves the log as it was.
async fn check_refusals<F: Fixture>(cases: Vec<Case>) {
    let lab = Lab::<F>::new().await;
    lab.add(vec![event("a", "1")]).await;
    let before = lab.head().await;
    for (events, given, field) in cases {
        let invalid = refused(&lab.store, events, given).await;
        assert_eq!(invalid.field, field, "{invalid}");
    }
    assert_eq!(lab.head().await, before);
    lab.finish().await;
}

/// An append that is malformed, too large or contradicts itself is refused.
pub async fn g12_a_malformed_append_is_refused<F: Fixture>() {
    let with_id = || event("a", "1").with_id(event_id(1));
    let tagged = NewEvent {
        tags: vec![label("t"); 17],
        ..event("a", "1")
    };
    let other_type = NewEvent {
        aggregate_type: aggregate_type("other"),
        ..event("a", "1")
    };
    let large = format!("\"{}\"", "x".repeat(1 << 20));
    let half = format!("\"{}\"", "x".repeat(1 << 19));
    let cases = [
        (vec![], "events"),
        (vec![event("a", "1"); 10_001], "events"),
        (vec![event("a", "1"), event("a", &large)], "events[1]"),
        (vec![event("a", &half); 33], "events"),
        (vec![with_id(), event("a", "1")], "events[1].id"),
        (vec![event("a", "1"), with_id()], "events[0].id"),
        (vec![with_id(), with_id()], "events[1].id"),
        (vec![event("a", "1"), other_type], "events[1].aggregateType"),
        (vec![tagged], "events[0].tags"),
    ];
    let cases = cases.map(|(events, field)| (events, GivenExpectations::any(), field));
    check_refusals::<F>(cases.into()).await;
}

/// Expectations that are missing, disagree or cannot be are refused: there is no silent "any".
pub async fn g12_malformed_expectations_are_refused<F: Fixture>() {
    let none = GivenExpectations::default;
    let exactly = GivenExpectations::exactly;
    let one = || vec![event("a", "1")];
    let two = || vec![event("a", "1"), event("b", "1")];
    let numbered = |version| NewEvent {
        aggregate_version: Some(version),
        ..event("a", "1")
    };
    let differing = GivenExpectations {
        of_the_aggregate: Some(Expectation::Exact(1)),
        ..each(&[("a", Expectation::Exact(2))])
    };
    let repeated = each(&[("a", Expectation::Any), ("a", Expectation::Any)]);
    let unsafe_integer = MAX_SAFE_INTEGER + 1;
    check_refusals::<F>(vec![
        (vec![], none(), "events"),
        (one(), none(), "expectedVersions"),
        (one(), each(&[("b", Expectation::Any)]), "expectedVersions"),
        (two(), each(&[("a", Expectation::Any)]), "expectedVersions"),
        (two(), GivenExpectations::any(), "expectedVersion"),
        (one(), differing, "expectedVersion"),
        (one(), repeated, "expectedVersions"),
        (one(), exactly(unsafe_integer), "expectedVersion"),
        (
            one(),
            each(&[("a", Expectation::Exact(unsafe_integer))]),
            "expectedVersions",
        ),
        (vec![numbered(2), numbered(4)], none(), "events[1].aggregateVersion"),
        (vec![numbered(2), numbered(2)], none(), "events[1].aggregateVersion"),
        (vec![numbered(2)], exactly(2), "events[0].aggregateVersion"),
        (vec![numbered(2), event("a", "1")], none(), "events[1].aggregateVersion"),
        (vec![event("a", "1"), numbered(2)], none(), "events[0].aggregateVersion"),
    ])
    .await;
}
