//! Records: what is written is read, joined records say the same, and nothing damaged passes or panics.

use foldlog::{
    core::{
        event::RecordedEvent,
        record::{ChainVerifier, Record, Verification},
    },
    testing::reference_digest,
};
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

use crate::samples::{ListedLog, events};

fn verify<'a>(records: impl IntoIterator<Item = &'a Record>) -> Option<Verification> {
    let mut verifier = ChainVerifier::from_start();
    for record in records {
        verifier.push(record).ok()?;
    }
    verifier.finish()
}

fn all_events(record: &Record) -> Vec<RecordedEvent> {
    (0..record.directory().events.len())
        .map(|index| record.event(index).unwrap())
        .collect()
}

fn joined(appends: Vec<Vec<foldlog::core::event::NewEvent>>) -> Record {
    Record::join(&ListedLog::of(appends).records).unwrap()
}

proptest! {
    #[test]
    fn a_record_survives_encoding_and_joining(appends in prop::collection::vec(events(), 0..6), cut in any::<prop::sample::Index>()) {
        let log = ListedLog::of(appends);
        for record in &log.records {
            prop_assert_eq!(&Record::decode(&record.encode_directory(), record.text()).unwrap(), record);
        }
        let whole = Record::join(&log.records).unwrap();
        prop_assert_eq!(&Record::decode(&whole.encode_directory(), whole.text()).unwrap(), &whole);
        let at = cut.index(log.records.len());
        if at > 0 {
            let parts = [Record::join(&log.records[..at]).unwrap(), Record::join(&log.records[at..]).unwrap()];
            prop_assert_eq!(&Record::join(&parts).unwrap(), &whole);
            prop_assert!(Record::join(parts.iter().rev()).is_none());
        }
        for number in 0..=whole.last_sequence_number() {
            let last = log.records.iter().rev().find(|record| record.directory().before.sequence_number <= number);
            prop_assert_eq!(whole.place_of(number), last.unwrap().place_of(number), "at {}", number);
        }
        let verified = verify(&log.records).unwrap();
        prop_assert_eq!(verified.events, whole.last_sequence_number());
        prop_assert_eq!(verify([&whole]), Some(verified));
        for (index, event) in all_events(&whole).iter().enumerate() {
            prop_assert_eq!(reference_digest(event), whole.directory().events[index].digest);
            prop_assert_eq!(event.content.digest(), reference_digest(event));
            let units = whole.event_text(index).encode_utf16().count();
            prop_assert_eq!(whole.directory().events[index].surplus, whole.event_text(index).len() - units);
        }
    }

    #[test]
    fn a_damaged_directory_is_told(
        appends in prop::collection::vec(events(), 1..4),
        at in any::<prop::sample::Index>(),
        change in 1..=u8::MAX,
    ) {
        let record = joined(appends);
        let mut bytes = record.encode_directory();
        let at = at.index(bytes.len());
        bytes[at] ^= change;
        prop_assert!(Record::decode(&bytes, record.text()).is_err());
        bytes.truncate(at);
        prop_assert!(Record::decode(&bytes, record.text()).is_err());
    }

    #[test]
    fn a_forged_directory_never_panics_and_never_passes_other_events(
        appends in prop::collection::vec(events(), 1..4),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let record = joined(appends);
        let mut bytes = record.encode_directory();
        bytes.truncate(bytes.len() - 8);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.extend_from_slice(&Sha256::digest(&bytes)[..8]);
        if let Ok(forged) = Record::decode(&bytes, record.text()) {
            for number in 0..forged.last_sequence_number().min(100) {
                let _ = forged.place_of(number);
            }
            if verify([&forged]).is_some() {
                prop_assert_eq!(all_events(&forged), all_events(&record));
            }
        }
    }

    #[test]
    fn a_changed_text_never_passes(
        appends in prop::collection::vec(events(), 1..4),
        at in any::<prop::sample::Index>(),
        byte in 0x20..0x7f_u8,
    ) {
        let record = joined(appends);
        let mut text = record.text().as_bytes().to_vec();
        let at = at.index(text.len());
        text[at] = byte;
        if let Ok(text) = String::from_utf8(text)
            && let Ok(changed) = Record::decode(&record.encode_directory(), text)
            && verify([&changed]).is_some()
        {
            prop_assert_eq!(all_events(&changed), all_events(&record));
        }
    }

}
