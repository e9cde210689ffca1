//! The bodies of `docs/protocol.md`, written by hand: what is read, and what is written byte for byte.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

use foldlog::{
    core::{
        Cursor, Head, InvalidInput, Limits, Timestamp,
        append::{AppendRejection, Durability, Expectation},
        read::{EventFilter, PageLimits},
    },
    storage::{
        AppendError, CheckpointError, ImportError, ImportStep, Outcome, ReadEvents, StorageError, StorageErrorKind,
    },
    wire,
    wire::{Problem, ReceivedProblem, StreamEnd, StreamFrom, StreamLine, StreamRequest},
};

const EPOCH: &str = "6f1d2c3b-4a59-4867-8f7e-6d5c4b3a2918";
const LINK: &str = "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a";
const ID: &str = "01932f5a-0001-7abc-8def-0123456789ab";

fn head_json() -> String {
    format!(r#"{{"epoch":"{EPOCH}","sequenceNumber":7,"link":"{LINK}"}}"#)
}

fn head() -> Head {
    wire::read_head(&head_json()).unwrap()
}

fn written(write: impl FnOnce(&mut String)) -> String {
    let mut out = String::new();
    write(&mut out);
    out
}

#[test]
fn an_append_is_read_and_written_again() {
    let body = format!(
        concat!(
            r#"{{"events":[{{"id":"{}","aggregateId":"__proto__","aggregateType":"wallet","eventType":"FundsDeposited","schemaVersion":1,"#,
            r#""createdAt":"2026-11-24T07:22:35.123Z","tags":["a"],"causedBy":"u","causationId":null,"correlationId":null,"#,
            r#""metadata":null,"eventData":{{"amount":1.10}}}}],"expectedVersions":[["__proto__",0],["..","exists"],["c","any"]],"#,
            r#""checkpoint":{{"name":"mailer","from":null,"to":"{}"}}}}"#
        ),
        ID,
        head().to_cursor()
    );
    let request = wire::read_append(&body, &Limits::default(), Timestamp::from_millis(0)).unwrap();
    assert!(request.append.events()[0].created_at_given);
    let expectations: Vec<_> = request
        .append
        .expectations()
        .iter()
        .map(|(_, expected)| expected)
        .collect();
    assert_eq!(
        expectations,
        [Expectation::Exact(0), Expectation::Exists, Expectation::Any]
    );
    assert_eq!(request.checkpoint.as_ref().unwrap().to, head());
    assert_eq!(written(|out| wire::write_append(out, &request)), body);
}

#[test]
fn an_append_that_is_refused_names_the_field() {
    let refused = |body: &str| {
        let read = wire::read_append(body, &Limits::default(), Timestamp::from_millis(0));
        read.unwrap_err().to_string()
    };
    let event = format!(r#""id":"{ID}","aggregateId":"a","aggregateType":"t","eventType":"e","eventData":1"#);
    let body = |event: &str, rest: &str| format!(r#"{{"events":[{{{event}}}],"expectedVersions":[["a",0]]{rest}}}"#);
    assert_eq!(
        refused(&body(&event.replace("eventData", "data"), "")),
        "events[0].data: is unknown"
    );
    assert!(
        refused(&body(&event.replace(&format!("\"id\":\"{ID}\","), ""), "")).starts_with("events[0].id: is missing")
    );
    assert_eq!(refused(&body(&event, ",\"more\":1")), "more: is unknown");
    assert_eq!(refused(&body(&event, ",\"events\":[]")), "events: is given twice");
    assert!(refused(&body(&event, ",\"condition\":{\"filter\":{\"tag\":1}}")).starts_with("condition.filter.tag"));
    assert!(refused("[]").starts_with("body: expected an object"));
    assert!(refused("{}").starts_with("events: is empty"));
}

#[test]
fn a_receipt_is_read_as_the_public_api_writes_it() {
    let body = format!(
        r#"{{"firstSequenceNumber":6,"lastSequenceNumber":7,"versions":[["a\"b",2]],"head":{},"durability":"remote","replayed":true}}"#,
        head_json()
    );
    let receipt = wire::read_receipt(&body).unwrap();
    assert_eq!(receipt.durability, Durability::Remote);
    assert_eq!(receipt.versions[0].1, 2);
    assert_eq!(written(|out| receipt.write_json(out)), body);
    let refused = wire::read_receipt(&body.replace(",2]", ",2,3]")).unwrap_err();
    assert!(refused.to_string().starts_with("versions: has too many"), "{refused}");
}

#[test]
fn a_request_for_events_has_defaults() {
    let request = wire::read_read_events("{}").unwrap();
    assert_eq!((request.from, request.limits), (None, PageLimits::default()));
    let body = r#"{"filter":{"eventTypes":["x"],"fromSequence":2},"from":5,"backward":true,"withPlace":false,"maxEvents":10,"maxBytes":1000}"#;
    let request = wire::read_read_events(body).unwrap();
    assert_eq!(written(|out| wire::write_read_events(out, &request)), body);
    assert!(wire::read_read_events(r#"{"maxEvents":0}"#).is_err());
    let unlimited = ReadEvents {
        from: Some(u64::MAX),
        limits: PageLimits {
            events: usize::MAX,
            bytes: usize::MAX,
        },
        ..ReadEvents::default()
    };
    let read = wire::read_read_events(&written(|out| wire::write_read_events(out, &unlimited))).unwrap();
    assert_eq!((read.from, read.limits.events), (Some((1 << 53) - 1), (1 << 53) - 1));
    assert_eq!(written(|out| EventFilter::default().write_json(out)), "{}");
}

#[test]
fn a_page_is_cut_by_its_lengths() {
    let body = format!(
        r#"{{"position":7,"place":{},"done":true,"entries":[[3,1,9],[7,2,7]],"events":[{{"é":{{}}}},{{"a":1}}]}}"#,
        head_json()
    );
    let page = wire::read_page(&body).unwrap();
    assert_eq!(page.text(), r#"{"é":{}},{"a":1}"#);
    assert_eq!(
        (page.event_text(1), page.entries()[1].aggregate_version),
        ("{\"a\":1}", 2)
    );
    assert_eq!(written(|out| wire::write_page(out, &page)), body);
    let empty = r#"{"position":0,"place":null,"done":true,"entries":[],"events":[]}"#;
    assert_eq!(
        written(|out| wire::write_page(out, &wire::read_page(empty).unwrap())),
        empty
    );
    for wrong in [
        body.replace("[7,2,7]", "[7,2,6]"),
        body.replace("[7,2,7]", "[7,2,8]"),
        body.replace(",[7,2,7]", ""),
        body.replace("\"position\":7", "\"position\":8"),
        body.replace("[3,1,9]", "[3,1]"),
        body[..body.len() - 1].to_owned(),
        format!("{body}x"),
    ] {
        assert!(wire::read_page(&wrong).is_err(), "{wrong}");
    }
}

#[test]
fn small_answers_are_read_or_null() {
    let aggregate = r#"{"aggregateType":"wallet","aggregateVersion":3}"#;
    let state = wire::read_aggregate(aggregate).unwrap();
    assert_eq!(written(|out| wire::write_aggregate(out, state.as_ref())), aggregate);
    let checkpoint = format!(r#"{{"cursor":"{EPOCH}:7:{LINK}"}}"#);
    let cursor = wire::read_checkpoint(&checkpoint).unwrap();
    assert_eq!(cursor, Some(head()));
    assert_eq!(written(|out| wire::write_checkpoint(out, cursor.as_ref())), checkpoint);
    let info = format!(r#"{{"head":{},"mirror":false}}"#, head_json());
    assert_eq!(
        written(|out| wire::write_log_info(out, &wire::read_log_info(&info).unwrap())),
        info
    );
    let stored = format!(
        concat!(
            r#"{{"firstSequenceNumber":7,"recordedAt":"2026-11-24T07:22:35.123Z","durability":"remote","head":{},"events":["#,
            r#"{{"id":"{}","digest":"{}","createdAt":"2026-11-24T00:00:00.000Z","aggregateId":"a","aggregateVersion":4}}]}}"#
        ),
        head_json(),
        ID,
        LINK
    );
    let read = wire::read_stored_append(&stored).unwrap();
    assert_eq!(written(|out| wire::write_stored_append(out, read.as_ref())), stored);
    assert_eq!(wire::read_place("null"), Ok(None));
    assert_eq!(wire::read_snapshot(" null\n"), Ok(None));
    assert_eq!(wire::read_aggregate("null"), Ok(None));
    assert_eq!(wire::read_checkpoint("null"), Ok(None));
    assert_eq!(wire::read_stored_append("null"), Ok(None));
    assert!(wire::read_log_info("null").is_err());
}

#[test]
fn records_are_an_export_of_their_own() {
    let export = include_str!("vectors/export-1.jsonl");
    let record = wire::read_records(export).unwrap().unwrap();
    assert_eq!(
        written(|out| wire::write_records(out, std::slice::from_ref(&record))),
        export
    );
    let body = format!("{{\"step\":\"begin\"}}\n{export}");
    let request = wire::read_import(&body).unwrap();
    assert_eq!((request.step, &request.record), (ImportStep::Begin, &record));
    assert_eq!(written(|out| wire::write_import(out, &request)), body);
    assert_eq!(wire::read_records(""), Ok(None));
    let (cut, _) = export.trim_end().rsplit_once('\n').unwrap();
    assert_eq!(wire::read_records(cut).unwrap_err().to_string(), "end: is missing");
    let altered = export.replacen("wallet-1", "wallet-2", 1);
    assert!(wire::read_records(&altered).unwrap_err().field.starts_with("line 3."));
    assert!(wire::read_import("{\"step\":\"begin\"}\n").is_err());
    assert!(wire::read_import(&body.replacen("begin", "start", 1)).is_err());
    // What a step does not check is left to no caller.
    let later = include_str!("vectors/export-1-after-1.jsonl");
    for (step, export) in [("finish", export), ("begin", later)] {
        let body = format!("{{\"step\":\"{step}\"}}\n{export}");
        assert_eq!(wire::read_import(&body).unwrap_err().field, "step");
    }
}

#[test]
fn stream_lines_are_told_apart() {
    let cursor: Cursor = head();
    let text = cursor.to_cursor();
    for (json, line) in [
        (format!(r#"{{"cursor":"{text}"}}"#), StreamLine::Reaches(cursor)),
        (
            format!(r#"{{"end":"slow","cursor":"{text}"}}"#),
            StreamLine::End(StreamEnd::Slow, cursor),
        ),
        (
            format!(r#"{{"events":[{{"a":1}},{{}}],"cursor":"{text}","caughtUp":true}}"#),
            StreamLine::Events {
                text: "{\"a\":1},{}".to_owned(),
                cursor,
                caught_up: true,
            },
        ),
        (
            format!(r#"{{"end":"problem","cursor":"{text}","problem":{{"code":"closed"}}}}"#),
            StreamLine::End(StreamEnd::Problem("{\"code\":\"closed\"}".to_owned()), cursor),
        ),
    ] {
        assert_eq!(StreamLine::read_json(&json).unwrap(), line);
        assert_eq!(written(|out| line.write_json(out)), format!("{json}\n"));
    }
    assert!(StreamLine::read_json(&format!(r#"{{"end":"tired","cursor":"{text}"}}"#)).is_err());
    let body = format!(r#"{{"after":"{text}","filter":{{}},"events":false}}"#);
    let request = StreamRequest::read_json(&body).unwrap();
    assert_eq!(request.after, StreamFrom::Cursor(cursor));
    assert_eq!(written(|out| request.write_json(out)), body);
    assert_eq!(
        StreamRequest::read_json("{\"after\":3}").unwrap().after,
        StreamFrom::Sequence(3)
    );
}

#[test]
fn a_conflict_keeps_both_versions() {
    let body = concat!(
        r#"{"type":"about:blank","title":"Conflict","status":409,"detail":"expected version 3 of aggregate \"w\", which is at version 5: "#,
        r#"load again and decide again","code":"concurrency_conflict","retryable":false,"outcome":"not_committed","#,
        r#""conflicts":[{"aggregateId":"w","expected":3,"actual":5}],"requestId":"r-1"}"#
    );
    let received = ReceivedProblem::read(409, body);
    assert_eq!(received.outcome(), Some(Outcome::NotCommitted));
    let error = received.into_append_error();
    let AppendError::Rejected(AppendRejection::ConcurrencyConflict(conflicts)) = &error else {
        panic!("{error}")
    };
    assert_eq!((conflicts[0].expected, conflicts[0].actual), (Expectation::Exact(3), 5));
    let problem = Problem::from(error);
    assert_eq!(problem.status, 409);
    assert_eq!(written(|out| problem.write_json(out, Some("r-1"))), body);
}

#[test]
fn every_error_comes_back_as_it_went() {
    let back = |error: AppendError| {
        let problem = Problem::from(error);
        ReceivedProblem::read(problem.status, &written(|out| problem.write_json(out, None))).into_append_error()
    };
    let invalid = InvalidInput::event("events[2].eventType", "is empty; 1 to 100 bytes are allowed");
    let AppendError::Invalid(read) = back(AppendError::Invalid(invalid.clone())) else {
        panic!("another error")
    };
    assert_eq!(read, invalid);
    let duplicate = AppendRejection::DuplicateEvent {
        event_id: foldlog::core::EventId::parse(ID).unwrap(),
        sequence_number: 9,
    };
    let mismatch = AppendRejection::AggregateTypeMismatch {
        aggregate_id: foldlog::core::AggregateId::parse("a").unwrap(),
        actual: foldlog::core::AggregateType::parse("wallet").unwrap(),
        given: foldlog::core::AggregateType::parse("purse").unwrap(),
    };
    for rejection in [duplicate, mismatch] {
        let AppendError::Rejected(read) = back(rejection.clone().into()) else {
            panic!("another error")
        };
        assert_eq!(read, rejection);
    }
    let corrupted = StorageError::corrupted(4, "the text is damaged").with_outcome(Outcome::Unknown);
    let AppendError::Storage(read) = back(corrupted.into()) else {
        panic!("another error")
    };
    assert_eq!(read.kind, StorageErrorKind::StorageCorrupted);
    assert_eq!((read.sequence_number, read.outcome), (Some(4), Some(Outcome::Unknown)));
    assert_eq!(&*read.message, "the text is damaged");

    let problem = Problem::from(ImportError::Elsewhere(head()));
    let received = ReceivedProblem::read(problem.status, &written(|out| problem.write_json(out, None)));
    assert!(matches!(received.into_import_error(), ImportError::Elsewhere(at) if at == head()));
    for actual in [None, Some(head())] {
        let name = foldlog::core::CheckpointName::parse("mailer").unwrap();
        let problem = Problem::of_checkpoint(CheckpointError::Conflict { actual }, &name);
        let received = ReceivedProblem::read(problem.status, &written(|out| problem.write_json(out, None)));
        assert!(
            matches!(received.into_checkpoint_error(), CheckpointError::Conflict { actual: read } if read == actual)
        );
    }
}

#[test]
fn an_answer_that_is_no_problem_is_told_by_its_status() {
    for (status, kind) in [
        (401, StorageErrorKind::Unauthenticated),
        (404, StorageErrorKind::Protocol),
        (429, StorageErrorKind::RateLimited),
        (502, StorageErrorKind::StorageUnavailable),
        (504, StorageErrorKind::Timeout),
        (500, StorageErrorKind::Protocol),
    ] {
        let error = ReceivedProblem::read(status, "<html>").into_storage_error();
        assert_eq!(error.kind, kind);
        assert_eq!(&*error.message, format!("the server answered with status {status}"));
    }
    let closed = ReceivedProblem::read(503, r#"{"code":"closed","detail":"shutting down","later":{"a":[1]}}"#);
    assert_eq!(closed.kind(), StorageErrorKind::StorageUnavailable);
    assert_eq!(
        ReceivedProblem::read(404, r#"{"code":"log_not_found"}"#).kind(),
        StorageErrorKind::LogNotFound
    );
}
