use std::collections::{BTreeMap, BTreeSet};

use foldlog::core::{EventId, Head};

/// What a client did: one append of one event, with the version that it expected.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    pub(crate) id: EventId,
    pub(crate) aggregate: String,
    pub(crate) expected: u64,
    /// When it was first called and when it was answered, in any clock that all clients share.
    pub(crate) called: u128,
    pub(crate) answered: u128,
    pub(crate) answer: Answer,
}

#[derive(Clone, Debug)]
pub(crate) enum Answer {
    Stored {
        sequence_number: u64,
        version: u64,
        head: Head,
    },
    /// Another one has this version; the aggregate stands there.
    Conflict { actual: u64 },
    /// Nobody found out.
    Unknown,
}

/// An event as it was read from the log in the end.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(crate) sequence_number: u64,
    pub(crate) id: EventId,
    pub(crate) aggregate: String,
    pub(crate) version: u64,
}

/// Holds what clients were told against what the log holds; gives what does not fit.
///
/// `histories` has for each client its attempts in the order of their calls, `streams` the sequence numbers that each subscriber got.
pub(crate) fn check(histories: &[Vec<Attempt>], log: &[Stored], streams: &[Vec<u64>]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut by_id = BTreeMap::new();
    let mut versions = BTreeMap::<&str, u64>::new();
    for (event, due) in log.iter().zip(1..) {
        let version = versions.entry(&event.aggregate).or_default();
        *version += 1;
        if event.sequence_number != due || event.version != *version {
            wrong.push(format!("{event:?} stands where {due} and version {version} are due"));
        }
        if by_id.insert(event.id, event).is_some() {
            wrong.push(format!("{:?} is stored twice", event.id));
        }
    }
    let mut called = BTreeSet::new();
    for history in histories {
        let mut last = 0;
        for attempt in history {
            called.insert(attempt.id);
            let found = by_id.get(&attempt.id).copied();
            check_attempt(attempt, found, &mut last, &mut wrong);
        }
    }
    for event in log.iter().filter(|event| !called.contains(&event.id)) {
        wrong.push(format!("nobody appended {event:?}"));
    }
    check_real_time(histories, &mut wrong);
    let due: Vec<_> = (1..=log.len() as u64).collect();
    for (stream, numbers) in streams.iter().enumerate().filter(|(_, numbers)| **numbers != due) {
        let at = numbers
            .iter()
            .zip(&due)
            .take_while(|(number, due)| number == due)
            .count();
        wrong.push(format!(
            "subscriber {stream} got {} events, and {:?} at {at}",
            numbers.len(),
            numbers.get(at)
        ));
    }
    wrong
}

fn check_attempt(attempt: &Attempt, found: Option<&Stored>, last: &mut u64, wrong: &mut Vec<String>) {
    match (&attempt.answer, found) {
        (
            Answer::Stored {
                sequence_number,
                version,
                head,
            },
            Some(event),
        ) => {
            let fits = *sequence_number == event.sequence_number
                && *version == event.version
                && event.version == attempt.expected + 1
                && event.aggregate == attempt.aggregate
                && head.sequence_number >= *sequence_number;
            if !fits {
                wrong.push(format!("{attempt:?} is stored as {event:?}"));
            }
            if *sequence_number <= *last {
                wrong.push(format!("{attempt:?} stands before an earlier call of its client"));
            }
            *last = *sequence_number;
        }
        (Answer::Stored { .. }, None) => wrong.push(format!("{attempt:?} is lost")),
        (Answer::Conflict { actual }, None) if *actual != attempt.expected => {}
        (Answer::Conflict { .. }, _) => wrong.push(format!("{attempt:?} is no conflict: {found:?}")),
        (Answer::Unknown, Some(event)) if event.version != attempt.expected + 1 => {
            wrong.push(format!("{attempt:?} is stored as {event:?}"));
        }
        (Answer::Unknown, _) => {}
    }
}

/// What was answered before something else was called stands before it, and a conflict tells a version that was current meanwhile.
fn check_real_time(histories: &[Vec<Attempt>], wrong: &mut Vec<String>) {
    // The end of each append that is known, by its answer; and the same for each aggregate.
    let mut answers: Vec<(u128, u64)> = Vec::new();
    let mut wins = BTreeMap::<&str, Vec<(u128, u128, u64)>>::new();
    for attempt in histories.iter().flatten() {
        if let Answer::Stored {
            sequence_number,
            version,
            ..
        } = attempt.answer
        {
            answers.push((attempt.answered, sequence_number));
            let of_aggregate = wins.entry(&attempt.aggregate).or_default();
            of_aggregate.push((attempt.called, attempt.answered, version));
        }
    }
    answers.sort_unstable();
    let mut highest = 0;
    for (_, number) in &mut answers {
        highest = highest.max(*number);
        *number = highest;
    }
    for attempt in histories.iter().flatten() {
        match &attempt.answer {
            Answer::Stored { sequence_number, .. } => {
                let before = answers.partition_point(|(answered, _)| *answered < attempt.called);
                if before > 0 && answers[before - 1].1 > *sequence_number {
                    wrong.push(format!(
                        "{attempt:?} stands before one that was answered before its call"
                    ));
                }
            }
            Answer::Conflict { actual } => {
                let of_aggregate = wins.get(attempt.aggregate.as_str()).map_or(&[][..], Vec::as_slice);
                let stale = of_aggregate
                    .iter()
                    .any(|(_, answered, version)| *answered < attempt.called && version > actual);
                let early = of_aggregate
                    .iter()
                    .any(|(called, _, version)| *called > attempt.answered && version == actual);
                if stale || early {
                    wrong.push(format!("{attempt:?} tells a version that was not current"));
                }
            }
            Answer::Unknown => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use foldlog::{
        core::{Epoch, Link},
        testing::event_id,
    };

    use super::*;

    fn won(id: u64, number: u64, version: u64, times: (u128, u128)) -> Attempt {
        Attempt {
            id: event_id(id),
            aggregate: "a".to_owned(),
            expected: version - 1,
            called: times.0,
            answered: times.1,
            answer: Answer::Stored {
                sequence_number: number,
                version,
                head: Head {
                    epoch: Epoch::from_random([1; 16]),
                    sequence_number: number,
                    link: Link::NONE,
                },
            },
        }
    }

    fn lost(id: u64, expected: u64, actual: u64, times: (u128, u128)) -> Attempt {
        Attempt {
            answer: Answer::Conflict { actual },
            expected,
            ..won(id, 1, 1, times)
        }
    }

    fn stored(id: u64, number: u64, version: u64) -> Stored {
        Stored {
            sequence_number: number,
            id: event_id(id),
            aggregate: "a".to_owned(),
            version,
        }
    }

    #[test]
    fn it_sees_what_is_wrong_and_nothing_else() {
        let log = [stored(1, 1, 1), stored(2, 2, 2)];
        let (first, second) = (won(1, 1, 1, (0, 5)), won(2, 2, 2, (6, 9)));
        let right = [vec![first.clone(), lost(3, 0, 1, (2, 4))], vec![second.clone()]];
        assert_eq!(check(&right, &log, &[vec![1, 2]]), [""; 0]);
        let unknown = Attempt {
            answer: Answer::Unknown,
            ..second.clone()
        };
        assert_eq!(check(&[vec![first.clone(), unknown.clone()]], &log, &[]), [""; 0]);
        assert_eq!(check(&[vec![first.clone(), unknown]], &log[..1], &[]), [""; 0]);

        let is_found = |histories: &[Vec<Attempt>], log: &[Stored], streams: &[Vec<u64>]| {
            assert!(
                !check(histories, log, streams).is_empty(),
                "{histories:?} {log:?} {streams:?}"
            );
        };
        is_found(&right, &log, &[vec![1, 2], vec![2, 1]]);
        is_found(&right, &log, &[vec![1, 2, 2]]);
        is_found(&right, &log, &[vec![1]]);
        // Lost; of nobody; misplaced; a gap; a doubled id; a conflict that is stored; a stale one; against the order of calls.
        is_found(&right, &log[..1], &[]);
        is_found(&[vec![first.clone()]], &log, &[]);
        is_found(&[vec![first.clone()], vec![won(2, 3, 2, (6, 9))]], &log, &[]);
        is_found(&[vec![first.clone()], vec![won(2, 2, 1, (6, 9))]], &log, &[]);
        is_found(&[vec![first.clone()], vec![lost(2, 0, 1, (6, 9))]], &log, &[]);
        is_found(
            &[vec![first.clone(), second.clone(), lost(3, 0, 1, (10, 11))]],
            &log,
            &[],
        );
        is_found(&[vec![first.clone(), second.clone(), lost(3, 0, 2, (1, 2))]], &log, &[]);
        is_found(&[vec![won(1, 1, 1, (11, 12))], vec![second.clone()]], &log, &[]);
        is_found(&[vec![first], vec![second]], &[stored(1, 1, 1), stored(2, 3, 2)], &[]);
    }
}
