//! What a client reads from a server and a server from a client: what is accepted is written again, and that reads as the same.

use std::fmt::Debug;

use foldlog::{
    core::{Limits, Timestamp},
    wire::{self, Problem, ReceivedProblem, StreamLine, StreamRequest},
};

use super::raw;

pub(super) fn hold(text: &str) {
    let now = Timestamp::from_millis(0);
    again(
        text,
        |text| wire::read_append(text, &Limits::default(), now),
        wire::write_append,
    );
    again(text, wire::read_receipt, |out, receipt| receipt.write_json(out));
    again(text, wire::read_read_events, wire::write_read_events);
    again(text, wire::read_page, wire::write_page);
    again(text, wire::read_aggregate, |out, state| {
        wire::write_aggregate(out, state.as_ref());
    });
    again(text, wire::read_place, |out, place| {
        wire::write_place(out, place.as_ref());
    });
    again(text, wire::read_snapshot, |out, snapshot| {
        wire::write_snapshot(out, snapshot.as_ref());
    });
    again(text, wire::read_stored_append, |out, stored| {
        wire::write_stored_append(out, stored.as_ref());
    });
    again(text, wire::read_checkpoint, |out, cursor| {
        wire::write_checkpoint(out, cursor.as_ref());
    });
    again(text, wire::read_checkpoint_move, wire::write_checkpoint_move);
    again(text, wire::read_log_info, wire::write_log_info);
    again(text, wire::read_records, |out, record| {
        wire::write_records(out, record.as_slice());
    });
    again(text, wire::read_import, wire::write_import);
    again(text, StreamRequest::read_json, |out, request| request.write_json(out));
    again(text, StreamLine::read_json, |out, line| {
        line.write_json(out);
        assert_eq!(out.pop(), Some('\n'));
    });
    page(text);
    problem(text);
}

fn again<T: PartialEq + Debug, E: Debug>(
    text: &str,
    read: impl Fn(&str) -> Result<T, E>,
    write: impl Fn(&mut String, &T),
) {
    let Ok(value) = read(text) else { return };
    let mut written = String::new();
    write(&mut written, &value);
    let read_again = read(&written).unwrap();
    assert_eq!(read_again, value, "{text}");
    // One body for one value.
    let mut twice = String::new();
    write(&mut twice, &read_again);
    assert_eq!(twice, written);
}

/// A page holds what stands between the brackets, and no text of an event reaches out of its place.
fn page(text: &str) {
    let Ok(page) = wire::read_page(text) else { return };
    let events: Vec<_> = (0..page.entries().len()).map(|index| page.event_text(index)).collect();
    assert_eq!(page.text(), events.join(","));
    assert!(text.contains(page.text()));
    if raw::members(text).is_some() {
        assert!(raw::elements(&format!("[{}]", page.text())).is_some());
    }
}

/// Whatever answers, there is an error to report; one that was reported goes on as it came.
fn problem(text: &str) {
    for status in [400, 503] {
        let received = ReceivedProblem::read(status, text);
        let problem = Problem::from(received.clone().into_append_error());
        let mut written = String::new();
        problem.write_json(&mut written, None);
        let second = ReceivedProblem::read(problem.status, &written);
        assert_eq!(second.code(), problem.code);
        let (mut again, problem) = (String::new(), Problem::from(second.into_append_error()));
        problem.write_json(&mut again, None);
        assert_eq!(again, written);
        let _ = received.clone().into_import_error();
        let _ = received.into_checkpoint_error();
    }
}
