use super::{
    Lab, event, event_id,
    exports::{export, import},
};
use crate::{
    core::{
        Epoch, EventId, Head, InvalidInput, Link, Timestamp,
        append::{Durability, GivenExpectations, LinkedEvent, PreparedAppend, append_link, epoch_link},
        event::NewEvent,
        export::{write_export_end, write_export_entry, write_export_header},
        record::RecordBuilder,
    },
    engine::ImportError,
    testing::Fixture,
};

async fn refusal<F: Fixture>(lab: &Lab<F>, lines: &[String]) -> InvalidInput {
    match import(&lab.store, lines, false).await {
        Err(ImportError::NotAnExport(invalid) | ImportError::Incomplete(invalid) | ImportError::Altered(invalid)) => {
            invalid
        }
        other => panic!("expected a refusal, got {other:?}"),
    }
}

/// Whatever is changed in an export, left out, repeated or swapped: the line is named, and nothing is stored.
pub async fn g12_an_altered_export_is_refused<F: Fixture>() {
    let (source, target) = (Lab::<F>::new().await, Lab::<F>::new().await);
    for amount in ["1.10", "2.20", "3.30"] {
        let one = event("wallet", &format!("{{\"amount\":{amount}}}"));
        source.add(vec![one, event("other", "\"x\"")]).await;
        source.environment.advance(std::time::Duration::from_millis(3));
    }
    let lines = export(&source.store, 0, None).await;
    let before = target.head().await;
    let change = |line: usize, from: &str, to: &str| {
        let mut changed = lines.clone();
        assert!(changed[line].contains(from), "{} has no {from}", changed[line]);
        changed[line] = changed[line].replacen(from, to, 1);
        changed
    };
    let without = |line: usize| [&lines[..line], &lines[line + 1..]].concat();
    let mut swapped = lines.clone();
    swapped.swap(2, 3);
    let mut repeated = lines.clone();
    repeated.insert(3, lines[2].clone());
    let mut continued = lines.clone();
    continued.push(lines[4].clone());
    for (altered, at) in [
        (change(2, "1.10", "1.1"), 3),
        (change(2, "1.10", "9.10"), 3),
        (change(3, "\"wallet\"", "\"walleT\""), 4),
        (change(3, "\"aggregateVersion\":2", "\"aggregateVersion\":3"), 4),
        (change(3, "\"link\":\"", "\"link\":\"0"), 4),
        (change(3, "\"sequenceNumber\":3", "\"sequenceNumber\":4"), 4),
        (change(3, "\"firstSequenceNumber\":3", "\"firstSequenceNumber\":5"), 4),
        (change(3, "\"tags\":[]", "\"tags\": []"), 4),
        (change(3, "\"recordedAt\":\"2", "\"recordedAt\":\"3"), 4),
        (change(3, "{\"first", "{\"more\":1,\"first"), 4),
        (
            change(
                3,
                ",\"events\"",
                ",\"epoch\":\"0b9e8d7c-6b5a-4948-b736-251403f2e1d0\",\"events\"",
            ),
            4,
        ),
        (change(1, "\"epoch\":\"", "\"epoch\":\"0"), 2),
        (change(0, "null", "{}"), 1),
        (change(5, "\"sequenceNumber\":6", "\"sequenceNumber\":5"), 6),
        (without(0), 1),
        (without(1), 2),
        (without(2), 3),
        (without(3), 4),
        (without(4), 5),
        (without(5), 6),
        (swapped, 3),
        (repeated, 4),
        (continued, 7),
        (vec![], 1),
        (vec![lines[0].clone(), String::new()], 2),
        (vec!["null".to_owned()], 1),
    ] {
        let refused = refusal(&target, &altered).await;
        let line = refused.field.split('.').next().unwrap_or_default();
        assert_eq!(line, format!("line {at}"), "{refused}: {altered:?}");
        assert_eq!(target.head().await, before);
    }
    source.finish().await;
    target.finish().await;
}

/// An export with a chain that fits and contents that no log can have.
pub async fn g12_a_hostile_export_is_refused<F: Fixture>() {
    let target = Lab::<F>::new().await;
    let before = target.head().await;
    let of = |id: u64, aggregate: &str, version: u64| (event(aggregate, "1").with_id(event_id(id)), version);
    let other_type = |id: u64, version: u64| {
        let event = NewEvent::new("a", "another", "Happened", "1").unwrap();
        (event.with_id(event_id(id)), version)
    };
    for (events, field) in [
        (vec![of(1, "a", 1), of(1, "b", 1)], "event 2.id"),
        (vec![of(1, "a", 1), of(2, "a", 3)], "event 2.aggregateVersion"),
        (vec![of(1, "a", 1), of(2, "a", 1)], "event 2.aggregateVersion"),
        (vec![of(1, "a", 2)], "event 1.aggregateVersion"),
        (vec![of(1, "a", 1), other_type(2, 2)], "event 2.aggregateType"),
    ] {
        let refused = refusal(&target, &forge(before.epoch, &events)).await;
        assert_eq!(refused.field, field);
        assert_eq!(target.head().await, before);
    }
    // A place that no log has, so that the first append would have no epoch before it.
    let rootless = forge_without_genesis(before.epoch, &[of(1, "a", 1)]);
    assert_eq!(refusal(&target, &rootless).await.field, "line 1.after.link");
    assert_eq!(target.head().await, before);
    // The same lines without the fault are a log.
    let sound = forge(before.epoch, &[of(1, "a", 1), of(2, "a", 2), of(3, "b", 1)]);
    assert_eq!(import(&target.store, &sound, false).await.unwrap().imported, 3);
    // What the log itself holds is looked at too.
    target.maintain().await;
    target.finish().await;
}

/// An export that was cut anywhere is incomplete, what was never one is no export, and neither is taken for an altered one.
pub async fn g12_a_cut_export_is_told_from_others<F: Fixture>() {
    let (source, target) = (Lab::<F>::new().await, Lab::<F>::new().await);
    for amount in ["1.10", "\"é\"", "[{\"a\":null}]"] {
        source.add(vec![event("wallet", amount)]).await;
    }
    let text = export(&source.store, 0, None).await.concat();
    let lines = |text: &str| -> Vec<String> { text.split_inclusive('\n').map(str::to_owned).collect() };
    let begun = text.find("\"foldlogExport\"").unwrap() + "\"foldlogExport\"".len();
    for cut in (0..text.len() - 1).filter(|cut| cut % 5 == 0 || text[..*cut].ends_with(['\n', '}'])) {
        let Some(cut_text) = text.get(..cut) else { continue };
        match import(&target.store, &lines(cut_text), false).await {
            Err(ImportError::Incomplete(_)) => {}
            Err(ImportError::NotAnExport(_)) if cut < begun => {}
            other => panic!("expected a cut at {cut} to be noticed, got {other:?}"),
        }
    }
    for other in ["null", "hello", "{}\n{}\n", "{\"name\":\"foldlog\"}\n", "[\n1]", "\n"] {
        match import(&target.store, &lines(other), false).await {
            Err(ImportError::NotAnExport(invalid)) => assert!(invalid.field.starts_with("line 1"), "{invalid}"),
            answer => panic!("expected {other:?} to be no export, got {answer:?}"),
        }
    }
    for (from, to) in [("1.10", "1.20"), ("null", "nul"), ("{\"end\"", "{\"END\"")] {
        let altered = lines(&text.replacen(from, to, 1));
        match import(&target.store, &altered, false).await {
            Err(ImportError::Altered(_)) => {}
            answer => panic!("expected {to} to be altered, got {answer:?}"),
        }
    }
    assert_eq!(target.head().await.sequence_number, 0);
    source.finish().await;
    target.finish().await;
}

/// When all of a forged log was recorded.
const FORGED_AT: i64 = 1_700_000_000_000;

/// An export of a log that never was: each event an append of its own, with the version that it is given.
fn forge(epoch: Epoch, events: &[(NewEvent, u64)]) -> Vec<String> {
    let at = Timestamp::from_millis(FORGED_AT);
    let nothing = before_all(epoch);
    let mut builder = RecordBuilder::after(&nothing);
    builder.change_epoch(epoch, at, Durability::Memory, epoch_link(epoch, &nothing, at));
    forged(builder, None, events)
}

fn forge_without_genesis(epoch: Epoch, events: &[(NewEvent, u64)]) -> Vec<String> {
    let nothing = before_all(epoch);
    forged(RecordBuilder::after(&nothing), Some(&nothing), events)
}

fn before_all(epoch: Epoch) -> Head {
    Head {
        epoch,
        sequence_number: 0,
        link: Link::NONE,
    }
}

fn forged(mut builder: RecordBuilder, after: Option<&Head>, events: &[(NewEvent, u64)]) -> Vec<String> {
    let at = Timestamp::from_millis(FORGED_AT);
    for (event, version) in events {
        let (content, digest) = prepared(event, at);
        let linked = LinkedEvent {
            aggregate_version: *version,
            digest,
        };
        let link = append_link(&builder.head(), at, &[linked]);
        builder.push_event(&content, digest, *version, at);
        builder.end_append(at, Durability::Memory, link);
    }
    let record = builder.finish();
    let mut text = String::new();
    write_export_header(&mut text, after);
    for index in 0..record.directory().appends.len() {
        write_export_entry(&mut text, &record, index);
    }
    write_export_end(&mut text, &record.directory().head());
    text.lines().map(str::to_owned).collect()
}

fn prepared(event: &NewEvent, at: Timestamp) -> (crate::core::event::EventContent, crate::core::Digest) {
    let given = GivenExpectations {
        of_the_aggregate: Some(crate::core::append::Expectation::Any),
        of_each: Vec::new(),
    };
    let limits = crate::core::Limits::default();
    let mint = || EventId::from_bytes([0; 16]);
    let append = PreparedAppend::new(vec![event.clone()], &given, &limits, at, mint).unwrap();
    let event = append.events()[0].clone();
    (event.content, event.digest)
}
