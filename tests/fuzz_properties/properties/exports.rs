//! The import: what it accepts is a log that can be proved and exported again; what it refuses leaves such a log.

use std::fmt::Write as _;

use foldlog::{
    core::{Epoch, Head, JsonCursor, Link, Timestamp, event::RecordedEvent},
    testing::{reference_epoch_link, reference_link},
};
use pollster::block_on;

use super::{
    raw::{self, Members},
    stores::{self, Store},
};

pub(super) fn hold(text: &str) {
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let relinked = relinked(&lines);
    import_holds(&lines);
    if relinked != lines {
        import_holds(&relinked);
    }
}

fn import_holds(lines: &[String]) {
    let store = stores::empty();
    let imported = stores::import(&store, lines, true);
    stores::prove(&store);
    let Ok(imported) = imported else { return };
    assert_eq!(block_on(store.head()).unwrap(), imported.head);
    if imported.imported == 0 {
        return;
    }
    let exported = stores::export(&store);
    let accepted: String = lines.iter().map(|line| respelled(line)).collect();
    assert_eq!(exported, accepted);
    it_can_be_restored(&exported, &store);
}

/// Restored for use, the log has a new epoch and nothing else that is new; so it has when it is imported again.
fn it_can_be_restored(exported: &str, store: &Store) {
    let restored = stores::empty();
    stores::import(&restored, exported.lines(), false).unwrap();
    stores::prove(&restored);
    let text = stores::export(&restored);
    let (kept, end) = text.trim_end().rsplit_once('\n').unwrap();
    let (kept, epoch) = kept.rsplit_once('\n').unwrap();
    assert!(raw::members(epoch).unwrap().contains_key("epoch"));
    assert!(raw::members(end).unwrap().contains_key("end"));
    assert!(
        exported
            .strip_prefix(kept)
            .is_some_and(|end| end.trim().lines().count() == 1)
    );
    let again = stores::import(store, text.lines(), true).unwrap();
    assert_eq!((again.imported, stores::export(store)), (0, text));
}

/// The line as it is exported: no white space outside payloads, members in order, hashes and UUIDs in lower case.
fn respelled(line: &str) -> String {
    let members = raw::members(line).unwrap();
    let order = [
        "foldlogExport",
        "after",
        "firstSequenceNumber",
        "recordedAt",
        "link",
        "epoch",
        "events",
        "end",
        "sequenceNumber",
    ];
    object(&members, &order) + "\n"
}

fn object(members: &Members<'_>, order: &[&str]) -> String {
    let mut out = String::from("{");
    for name in order.iter().filter(|name| members.contains_key(**name)) {
        let comma = if out.len() > 1 { "," } else { "" };
        let _ = write!(out, "{comma}\"{name}\":{}", value(name, members[*name].get()));
    }
    out + "}"
}

fn value(name: &str, json: &str) -> String {
    match name {
        "recordedAt" => format!("\"{}\"", Timestamp::parse(&raw::string(json).unwrap()).unwrap()),
        "link" | "epoch" => format!("\"{}\"", raw::string(json).unwrap().to_lowercase()),
        "events" => {
            let events: Vec<_> = raw::elements(json).unwrap().iter().map(|event| event.get()).collect();
            format!("[{}]", events.join(","))
        }
        "after" | "end" if json != "null" => object(&raw::members(json).unwrap(), &["epoch", "sequenceNumber", "link"]),
        _ => json.to_owned(),
    }
}

/// The same lines with the links that the description gives their content, as far as they can be read: no input that was changed
/// at random gets past its links otherwise.
fn relinked(lines: &[String]) -> Vec<String> {
    let mut head = None;
    let relinked = lines.iter();
    relinked
        .map(|line| relink(line, &mut head).unwrap_or_else(|| line.clone()))
        .collect()
}

fn relink(line: &str, head: &mut Option<Head>) -> Option<String> {
    let members = raw::members(line)?;
    if let Some(after) = members.get("after") {
        *head = Head::read_json(&mut JsonCursor::new(after.get())).ok();
        return None;
    }
    if let Some(end) = members.get("end") {
        let mut json = String::new();
        (*head)?.write_json(&mut json);
        return Some(line.replacen(end.get(), &json, 1));
    }
    let after = after_append(&members, *head)?;
    *head = Some(after);
    let written = members.get("link")?.get();
    Some(line.replacen(written, &format!("\"{}\"", after.link), 1))
}

fn after_append(members: &Members<'_>, head: Option<Head>) -> Option<Head> {
    let Some(epoch) = members.get("epoch") else {
        let events = raw::elements(members.get("events")?.get())?;
        let events: Option<Vec<_>> = events
            .iter()
            .map(|event| RecordedEvent::read_json(event.get()).ok())
            .collect();
        let (before, events) = (head?, events?);
        return Some(Head {
            sequence_number: before.sequence_number + events.len() as u64,
            link: reference_link(&before, &events),
            ..before
        });
    };
    let epoch = Epoch::parse(&raw::string(epoch.get())?).ok()?;
    let recorded_at = Timestamp::parse(&raw::string(members.get("recordedAt")?.get())?).ok()?;
    let before = head.unwrap_or(Head {
        epoch,
        sequence_number: 0,
        link: Link::NONE,
    });
    Some(Head {
        epoch,
        link: reference_epoch_link(epoch, &before, recorded_at.millis()),
        ..before
    })
}
