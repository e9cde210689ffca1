//! The record format, byte for byte, against `tests/vectors/format-1.json`, which other code computed from `docs/storage-format.md`.

#![allow(clippy::unwrap_used, reason = "a malformed vector fails the test")]

use foldlog::core::{
    AggregateId, AggregateType, Digest, Epoch, EventId, EventType, Head, JsonCursor, JsonText, Label, Link,
    ReducerIdentity, Timestamp,
    append::{Durability, LinkedEvent, append_link, epoch_link},
    command_event_id,
    event::{EventContent, RecordedEvent},
    fold::Snapshot,
    record::{AppendKind, ChainVerifier, Directory, Excerpt, Record, RecordBuilder, checked, checksum, read_checked},
};
use serde_json::Value;

fn vectors() -> Value {
    let vectors: Value = serde_json::from_str(include_str!("vectors/format-1.json")).unwrap();
    assert_eq!(vectors["format"], 1);
    vectors
}

fn each<'a>(of: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    let list = of[key].as_array().unwrap_or_else(|| panic!("{key} is not a list"));
    list.iter()
}

fn text<'a>(of: &'a Value, key: &str) -> &'a str {
    of[key].as_str().unwrap_or_else(|| panic!("{key} is not a text"))
}

fn number(of: &Value, key: &str) -> u64 {
    of[key].as_u64().unwrap_or_else(|| panic!("{key} is not a number"))
}

fn time(of: &Value, key: &str) -> Timestamp {
    Timestamp::parse(text(of, key)).unwrap()
}

fn bytes(of: &Value, key: &str) -> Vec<u8> {
    let digits = text(of, key).as_bytes().chunks_exact(2);
    digits
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

fn label(of: &Value, key: &str) -> Option<Label> {
    of[key].as_str().map(|label| Label::parse(label).unwrap())
}

fn head(of: &Value) -> Head {
    Head {
        epoch: Epoch::parse(text(of, "epoch")).unwrap(),
        sequence_number: number(of, "sequenceNumber"),
        link: Link::parse(text(of, "link")).unwrap(),
    }
}

fn durability(of: &Value) -> Durability {
    let all = [
        Durability::Memory,
        Durability::Relaxed,
        Durability::Strict,
        Durability::Remote,
    ];
    all.into_iter()
        .find(|durability| durability.as_str() == text(of, "durability"))
        .unwrap()
}

fn content(of: &Value) -> EventContent {
    EventContent {
        id: EventId::parse(text(of, "id")).unwrap(),
        aggregate_id: AggregateId::parse(text(of, "aggregateId")).unwrap(),
        aggregate_type: AggregateType::parse(text(of, "aggregateType")).unwrap(),
        event_type: EventType::parse(text(of, "eventType")).unwrap(),
        schema_version: u16::try_from(number(of, "schemaVersion")).unwrap(),
        created_at: time(of, "createdAt"),
        tags: each(of, "tags")
            .map(|tag| Label::parse(tag.as_str().unwrap()).unwrap())
            .collect(),
        caused_by: label(of, "causedBy"),
        causation_id: label(of, "causationId"),
        correlation_id: label(of, "correlationId"),
        metadata: of["metadata"].as_str().map(|json| JsonText::parse(json).unwrap()),
        event_data: JsonText::parse(text(of, "eventData")).unwrap(),
    }
}

fn event(of: &Value) -> RecordedEvent {
    RecordedEvent {
        sequence_number: number(of, "sequenceNumber"),
        recorded_at: time(of, "recordedAt"),
        aggregate_version: number(of, "aggregateVersion"),
        content: content(&of["content"]),
    }
}

/// Digest and text of an event as the vector has them.
fn check_event(of: &Value) -> Digest {
    let event = event(of);
    let digest = event.content.digest();
    assert_eq!(digest.to_string(), text(of, "digest"));
    let mut json = String::new();
    event.write_json(&mut json);
    assert_eq!(json, text(of, "text"));
    assert_eq!(RecordedEvent::read_json(&json).unwrap(), event);
    digest
}

/// Builds a record from the vector's fields, checking every digest, text and link on the way.
fn build(of: &Value) -> Record {
    let mut place = head(&of["before"]);
    let mut builder = RecordBuilder::after(&place);
    for append in each(of, "appends") {
        let recorded_at = time(append, "recordedAt");
        let epoch = Epoch::parse(text(append, "epoch")).unwrap();
        let mut linked = Vec::new();
        for stored in each(append, "events") {
            let digest = check_event(stored);
            let RecordedEvent {
                aggregate_version,
                content,
                ..
            } = event(stored);
            builder.push_event(&content, digest, aggregate_version, recorded_at);
            linked.push(LinkedEvent {
                aggregate_version,
                digest,
            });
        }
        let link = if text(append, "kind") == "append" {
            let link = append_link(&place, recorded_at, &linked);
            builder.end_append(recorded_at, durability(append), link);
            link
        } else {
            let link = epoch_link(epoch, &place, recorded_at);
            builder.change_epoch(epoch, recorded_at, durability(append), link);
            link
        };
        assert_eq!(link.to_string(), text(append, "link"));
        place = builder.head();
        assert_eq!(place.epoch, epoch);
    }
    assert_eq!(place, head(&of["after"]));
    builder.finish()
}

fn check_directory(directory: &Directory, of: &Value) {
    assert_eq!(directory.before, head(&of["before"]));
    assert_eq!(directory.head(), head(&of["after"]));
    assert_eq!(directory.appends.len(), each(of, "appends").count());
    assert!(!directory.has_unknown_critical);
    for (entry, append) in directory.appends.iter().zip(each(of, "appends")) {
        assert_eq!(entry.kind == AppendKind::Events, text(append, "kind") == "append");
        assert_eq!(entry.recorded_at, time(append, "recordedAt"));
        assert_eq!(entry.durability, durability(append));
        assert_eq!(entry.link.to_string(), text(append, "link"));
        assert_eq!(entry.event_count, each(append, "events").count());
        for (index, stored) in (entry.first_event..).zip(each(append, "events")) {
            let event_entry = &directory.events[index];
            let (aggregate_id, aggregate_type) = &directory.aggregates[event_entry.aggregate];
            let content = content(&stored["content"]);
            assert_eq!(directory.sequence_number(index), number(stored, "sequenceNumber"));
            assert_eq!(event_entry.aggregate_version, number(stored, "aggregateVersion"));
            assert_eq!(event_entry.id, content.id);
            assert_eq!(event_entry.digest.to_string(), text(stored, "digest"));
            assert_eq!(event_entry.created_at, content.created_at);
            assert_eq!(*aggregate_id, content.aggregate_id);
            assert_eq!(*aggregate_type, content.aggregate_type);
            assert_eq!(directory.event_types[event_entry.event_type], content.event_type);
            let units = text(stored, "text").encode_utf16().count();
            assert_eq!(event_entry.length - event_entry.surplus, units);
        }
    }
}

#[test]
fn events_have_the_digests_and_texts_of_the_vectors() {
    let vectors = vectors();
    for of in each(&vectors, "events") {
        check_event(of);
    }
}

#[test]
fn records_are_written_byte_for_byte_and_read_back() {
    let vectors = vectors();
    for of in each(&vectors, "records") {
        let record = build(of);
        assert_eq!(record.encode_directory(), bytes(of, "directory"), "{}", of["name"]);
        assert_eq!(record.text(), text(of, "text"), "{}", of["name"]);
        let read = Record::decode(&bytes(of, "directory"), text(of, "text")).unwrap();
        assert_eq!(read, record);
        check_directory(read.directory(), of);
        let stored = each(of, "appends").flat_map(|append| each(append, "events"));
        for (index, stored) in stored.enumerate() {
            assert_eq!(read.event_text(index), text(stored, "text"));
            assert_eq!(read.event(index).unwrap(), event(stored));
        }
    }
}

#[test]
fn joined_records_are_the_joined_vector_and_a_sound_chain() {
    let vectors = vectors();
    let find = |name: &str| each(&vectors, "records").find(|of| of["name"] == name).unwrap();
    let joined = each(&vectors, "records").find(|of| !of["joins"].is_null()).unwrap();
    let parts: Vec<_> = each(joined, "joins")
        .map(|name| build(find(name.as_str().unwrap())))
        .collect();
    let record = Record::join(&parts).unwrap();
    assert_eq!(record.encode_directory(), bytes(joined, "directory"));
    assert_eq!(record.text(), text(joined, "text"));
    for records in [parts.as_slice(), &[record]] {
        let mut verifier = ChainVerifier::from_start();
        for record in records {
            verifier.push(record).unwrap();
        }
        assert_eq!(verifier.finish().unwrap().head, head(&joined["after"]));
    }
}

#[test]
fn the_first_record_is_the_vector_named_genesis() {
    let vectors = vectors();
    let of = each(&vectors, "records").find(|of| of["name"] == "genesis").unwrap();
    let append = &of["appends"][0];
    let epoch = Epoch::parse(text(append, "epoch")).unwrap();
    let record = Record::genesis(epoch, time(append, "recordedAt"), durability(append));
    assert_eq!(record.encode_directory(), bytes(of, "directory"));
}

#[test]
fn excerpts_are_written_byte_for_byte_and_read_back() {
    let vectors = vectors();
    for of in each(&vectors, "excerpts") {
        let record = build(
            each(&vectors, "records")
                .find(|record| record["name"] == of["of"])
                .unwrap(),
        );
        let mut excerpt = Excerpt::default();
        for sequence_number in each(of, "sequenceNumbers") {
            let index = record.directory().index_of(sequence_number.as_u64().unwrap()).unwrap();
            excerpt.push(&record, index);
        }
        assert_eq!(excerpt.encode_directory(), bytes(of, "directory"), "{}", of["name"]);
        assert_eq!(excerpt.text(), text(of, "text"));
        let read = Excerpt::decode(&bytes(of, "directory"), text(of, "text").to_owned()).unwrap();
        assert_eq!(read, excerpt);
    }
}

#[test]
fn extensions_are_read_and_the_critical_ones_told() {
    let vectors = vectors();
    for of in each(&vectors, "extended") {
        let record = Record::decode(&bytes(of, "directory"), text(of, "text"));
        let record = record.unwrap_or_else(|damage| panic!("{}: {damage}", of["name"]));
        assert_eq!(
            record.directory().has_unknown_critical,
            of["unknownCritical"],
            "{}",
            of["name"]
        );
    }
}

#[test]
fn damaged_and_newer_records_are_refused() {
    let vectors = vectors();
    for of in each(&vectors, "refused") {
        let Err(refusal) = Record::decode(&bytes(of, "directory"), text(of, "text")) else {
            panic!("{} is read", of["name"]);
        };
        assert_eq!(refusal.unsupported, of["unsupported"], "{}: {refusal}", of["name"]);
    }
}

#[test]
fn heads_cursors_snapshots_and_command_ids_are_those_of_the_vectors() {
    let vectors = vectors();
    for of in each(&vectors, "cursors") {
        let place = head(&of["head"]);
        let mut json = String::new();
        place.write_json(&mut json);
        assert_eq!(json, text(of, "json"));
        assert_eq!(Head::read_json(&mut JsonCursor::new(&json)).unwrap(), place);
        assert_eq!(place.to_cursor(), text(of, "cursor"));
        assert_eq!(Head::from_cursor(text(of, "cursor")).unwrap(), place);
    }
    for of in each(&vectors, "snapshots") {
        let fields = &of["snapshot"];
        let snapshot = Snapshot {
            aggregate_id: AggregateId::parse(text(fields, "aggregateId")).unwrap(),
            aggregate_type: AggregateType::parse(text(fields, "aggregateType")).unwrap(),
            reducer: ReducerIdentity::parse(text(fields, "reducer")).unwrap(),
            aggregate_version: number(fields, "aggregateVersion"),
            place: head(&fields["place"]),
            created_at: time(fields, "createdAt"),
            data: JsonText::parse(text(fields, "data")).unwrap(),
        };
        let mut json = String::new();
        snapshot.write_json(&mut json);
        assert_eq!(json, text(of, "text"));
        assert_eq!(Snapshot::read_json(&json).unwrap(), snapshot);
    }
    for of in each(&vectors, "commands") {
        let index = u32::try_from(number(of, "index")).unwrap();
        assert_eq!(
            command_event_id(text(of, "commandId"), index).to_string(),
            text(of, "id")
        );
    }
}

#[test]
fn values_with_a_checksum_are_those_of_the_vectors() {
    let vectors = vectors();
    for of in each(&vectors, "checked") {
        let (key, value) = (text(of, "key"), text(of, "value"));
        assert_eq!(checked(key, text(of, "text")), value);
        assert_eq!(read_checked(key, value), Some(text(of, "text")));
    }
    for of in each(&vectors, "idRows") {
        let (range, sum) = text(of, "key").split_at(83);
        assert_eq!(checksum(range, &bytes(of, "value")).to_string(), sum);
    }
}
