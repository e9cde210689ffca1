use std::fmt;

use crate::core::{AggregateId, IndexMap, InvalidInput, MAX_SAFE_INTEGER, event::NewEvent};

/// What an append expects of an aggregate before it writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// Exactly this version; 0 means that the aggregate has no events.
    Exact(u64),
    /// Any version.
    Any,
    /// At least one event.
    Exists,
}

impl Expectation {
    /// Whether an aggregate at `version` (0: no events) is as expected.
    pub fn holds(self, version: u64) -> bool {
        match self {
            Self::Exact(expected) => expected == version,
            Self::Any => true,
            Self::Exists => version > 0,
        }
    }
}

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(version) => write!(f, "version {version}"),
            Self::Any => f.write_str("any version"),
            Self::Exists => f.write_str("at least one event"),
        }
    }
}

/// Expectations as the caller gives them, beside those on the events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GivenExpectations {
    /// For the one aggregate that all events have.
    pub of_the_aggregate: Option<Expectation>,
    /// For each aggregate named; also for aggregates that get no event.
    pub of_each: Vec<(AggregateId, Expectation)>,
}

impl GivenExpectations {
    /// One expectation for the one aggregate of the append.
    pub fn exactly(version: u64) -> Self {
        Self {
            of_the_aggregate: Some(Expectation::Exact(version)),
            of_each: Vec::new(),
        }
    }

    /// No expectation but that the append is whole: any version.
    pub fn any() -> Self {
        Self {
            of_the_aggregate: Some(Expectation::Any),
            of_each: Vec::new(),
        }
    }
}

/// One expectation for each aggregate of an append, agreed from all the places where one can be given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expectations(Vec<(AggregateId, Expectation)>);

impl Expectations {
    /// Brings together what the options and the events' `aggregateVersion` say.
    ///
    /// # Errors
    ///
    /// `invalid_argument` or `invalid_event`: an aggregate without an expectation, two that disagree, one expectation for several
    /// aggregates, versions that are not consecutive.
    pub fn agree(events: &[NewEvent], given: &GivenExpectations) -> Result<Self, InvalidInput> {
        let mut agreed = IndexMap::default();
        for (id, expectation) in &given.of_each {
            check_range(*expectation, "expectedVersions")?;
            if agreed.insert(id.clone(), *expectation).is_some() {
                return Err(InvalidInput::argument(
                    "expectedVersions",
                    format!("names aggregate \"{id}\" twice"),
                ));
            }
        }
        if let Some(expectation) = given.of_the_aggregate {
            check_range(expectation, "expectedVersion")?;
            let id = only_aggregate(events)?;
            insert_agreeing(&mut agreed, id, expectation, "expectedVersion")?;
        }
        let mut versions: IndexMap<&AggregateId, u64> = IndexMap::default();
        for (index, event) in events.iter().enumerate() {
            let Some(version) = event.aggregate_version else {
                continue;
            };
            let field = || format!("events[{index}].aggregateVersion");
            match versions.get(&&event.aggregate_id) {
                None => insert_agreeing(
                    &mut agreed,
                    &event.aggregate_id,
                    Expectation::Exact(version.saturating_sub(1)),
                    &field(),
                )?,
                Some(previous) if version == previous + 1 => {}
                Some(previous) => {
                    return Err(InvalidInput::event(
                        field(),
                        format!("is {version} after {previous}; versions are consecutive"),
                    ));
                }
            }
            versions.insert(&event.aggregate_id, version);
        }
        for (index, event) in events.iter().enumerate() {
            if !agreed.contains(&event.aggregate_id) {
                return Err(InvalidInput::argument(
                    "expectedVersions",
                    format!(
                        "has none for aggregate \"{}\" of events[{index}]; give a version, \"any\" or \"exists\"",
                        event.aggregate_id
                    ),
                ));
            }
            let numbered = versions.contains(&&event.aggregate_id);
            if numbered && event.aggregate_version.is_none() {
                return Err(InvalidInput::event(
                    format!("events[{index}].aggregateVersion"),
                    "is missing, though another event of the aggregate has one",
                ));
            }
        }
        Ok(Self(agreed.into_entries()))
    }

    /// Each aggregate with its expectation, in the order in which they were first given.
    pub fn iter(&self) -> impl Iterator<Item = (&AggregateId, Expectation)> {
        self.0.iter().map(|(id, expectation)| (id, *expectation))
    }
}

fn check_range(expectation: Expectation, field: &str) -> Result<(), InvalidInput> {
    match expectation {
        Expectation::Exact(version) if version > MAX_SAFE_INTEGER => Err(InvalidInput::argument(
            field,
            format!("is {version}; at most {MAX_SAFE_INTEGER} is allowed"),
        )),
        _ => Ok(()),
    }
}

fn only_aggregate(events: &[NewEvent]) -> Result<&AggregateId, InvalidInput> {
    let first = events.first().map(|event| &event.aggregate_id);
    match first {
        Some(id) if events.iter().all(|event| event.aggregate_id == *id) => Ok(id),
        _ => Err(InvalidInput::argument(
            "expectedVersion",
            "is for one aggregate, but the events have several; use expectedVersions",
        )),
    }
}

fn insert_agreeing(
    agreed: &mut IndexMap<AggregateId, Expectation>,
    id: &AggregateId,
    expectation: Expectation,
    field: &str,
) -> Result<(), InvalidInput> {
    match agreed.insert(id.clone(), expectation) {
        Some(other) if other != expectation => Err(InvalidInput::argument(
            field,
            format!(
                "expects {expectation} of aggregate \"{id}\", but {other} is expected elsewhere in the same append"
            ),
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: &str, version: Option<u64>) -> NewEvent {
        NewEvent {
            aggregate_version: version,
            ..NewEvent::new(id, "t", "e", "1").unwrap()
        }
    }

    fn each(pairs: &[(&str, Expectation)]) -> GivenExpectations {
        let of_each = pairs
            .iter()
            .map(|(id, e)| (AggregateId::parse(id).unwrap(), *e))
            .collect();
        GivenExpectations {
            of_the_aggregate: None,
            of_each,
        }
    }

    #[test]
    fn the_three_ways_agree_or_are_refused() {
        let one = [event("a", Some(4)), event("a", Some(5))];
        let agreed = Expectations::agree(&one, &GivenExpectations::exactly(3)).unwrap();
        assert_eq!(
            agreed.iter().map(|(_, e)| e).collect::<Vec<_>>(),
            [Expectation::Exact(3)]
        );
        assert!(Expectations::agree(&one, &each(&[("a", Expectation::Exact(3))])).is_ok());
        assert!(Expectations::agree(&one, &GivenExpectations::exactly(2)).is_err());
        assert!(Expectations::agree(&one, &GivenExpectations::default()).is_ok());
    }

    #[test]
    fn there_is_no_silent_any() {
        let two = [event("a", None), event("b", None)];
        assert!(Expectations::agree(&two, &GivenExpectations::default()).is_err());
        assert!(Expectations::agree(&two, &GivenExpectations::exactly(0)).is_err());
        let error = Expectations::agree(&two, &each(&[("a", Expectation::Any)])).unwrap_err();
        assert!(error.reason.contains("\"b\" of events[1]"), "{error}");
        let more = each(&[
            ("a", Expectation::Any),
            ("b", Expectation::Exists),
            ("c", Expectation::Exact(0)),
        ]);
        assert_eq!(Expectations::agree(&two, &more).unwrap().iter().count(), 3);
    }

    #[test]
    fn versions_on_events_are_consecutive_and_complete() {
        assert!(
            Expectations::agree(
                &[event("a", Some(1)), event("a", Some(3))],
                &GivenExpectations::default()
            )
            .is_err()
        );
        assert!(Expectations::agree(&[event("a", Some(1)), event("a", None)], &GivenExpectations::default()).is_err());
        assert!(Expectations::agree(&[event("a", None), event("a", Some(1))], &GivenExpectations::default()).is_err());
        assert!(
            Expectations::agree(
                &[event("a", Some(2)), event("b", Some(9)), event("a", Some(3))],
                &GivenExpectations::default()
            )
            .is_ok()
        );
    }
}
