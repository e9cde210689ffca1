//! The decoder of records: it refuses or gives a record that can be used in every way.

use foldlog::{
    core::{
        Head, Label,
        read::EventFilter,
        record::{AppendKind, ChainVerifier, Excerpt, Record, Verification},
    },
    testing::{reference_epoch_link, reference_link},
};
use sha2::{Digest as _, Sha256};

/// Forged counts may be large; so many places say enough.
const PLACES: u64 = 50;

/// The directory with its checksum.
pub(super) fn sealed(directory: &[u8]) -> Vec<u8> {
    [directory, &Sha256::digest(directory)[..8]].concat()
}

pub(super) fn hold(directory: &[u8], text: &str) {
    let Ok(record) = Record::decode(directory, text) else {
        return;
    };
    assert_eq!(record.text(), text);
    one_change_is_told(directory, text);
    events_can_be_read(&record);
    places_can_be_asked_for(&record);
    if !record.directory().has_unknown {
        assert_eq!(record.encode_directory(), directory, "one record, two spellings");
        let joined = Record::join([&record]).unwrap();
        assert_eq!(
            Record::decode(&joined.encode_directory(), joined.text()).as_ref(),
            Ok(&joined)
        );
    }
    if verified(ChainVerifier::from_start(), &record).is_some() {
        links_are_those_of_the_description(&record);
    }
}

/// Which byte is changed follows from the input, so that a run tries many.
fn one_change_is_told(directory: &[u8], text: &str) {
    let mut changed = directory.to_vec();
    let at = (text.len() * 31 + usize::from(directory[directory.len() - 1])) % directory.len();
    changed[at] ^= 1 << (at % 8);
    assert!(Record::decode(&changed, text).is_err(), "byte {at} changed");
}

fn events_can_be_read(record: &Record) {
    let directory = record.directory();
    let by_label = EventFilter {
        caused_by: Some(Label::parse("someone").unwrap()),
        ..EventFilter::default()
    };
    let mut copy = Excerpt::default();
    for index in 0..directory.events.len() {
        let number = directory.sequence_number(index);
        assert_eq!(directory.index_of(number), Some(index));
        assert!(record.holds(number));
        let append = record.append_with(index);
        let id = directory.events[index].id;
        assert!(append.sequence_number_of(id).is_some_and(|first| first <= number));
        assert_eq!(append.receipt().head, append.head);
        let matches = by_label.matches_in(record, index);
        if let Ok(event) = record.event(index) {
            let fits = EventFilter::default().matches(&event) && by_label.matches(&event);
            assert!(matches.is_ok_and(|matches| matches == fits || event.sequence_number != number));
        }
        copy.push(record, index);
    }
    assert_eq!(copy.text(), record.text());
    assert_eq!(
        Excerpt::decode(&copy.encode_directory(), copy.text().to_owned()).as_ref(),
        Ok(&copy)
    );
}

fn places_can_be_asked_for(record: &Record) {
    let directory = record.directory();
    let (first, last) = (directory.before.sequence_number, record.last_sequence_number());
    assert_eq!(directory.head().sequence_number, last);
    assert_eq!(record.place_of(last + 1), None);
    assert!(record.passes(&directory.before));
    for number in first..=last.min(first + PLACES) {
        let place = record.place_of(number).unwrap();
        assert_eq!(place.sequence_number, number);
        assert!(record.passes(&place));
        let _ = verified(ChainVerifier::since(place), record);
    }
    for count in 0..=directory.appends.len() {
        let _ = verified(ChainVerifier::since(directory.head_after(count)), record);
    }
}

fn verified(mut verifier: ChainVerifier, record: &Record) -> Option<Verification> {
    verifier.push(record).ok()?;
    verifier.finish()
}

fn links_are_those_of_the_description(record: &Record) {
    let directory = record.directory();
    for (at, append) in directory.appends.iter().enumerate() {
        let before: Head = directory.head_after(at);
        let events = append.first_event..append.first_event + append.event_count;
        let events: Vec<_> = events.map(|index| record.event(index).unwrap()).collect();
        let link = match append.kind {
            AppendKind::EpochChange(epoch) => reference_epoch_link(epoch, &before, append.recorded_at.millis()),
            AppendKind::Events => reference_link(&before, &events),
        };
        assert_eq!(link, append.link);
    }
    let first = directory.appends.first().map(|append| append.kind);
    assert!(
        matches!(first, Some(AppendKind::EpochChange(_))),
        "a log without genesis passed"
    );
}
