use super::{Lab, event, event_id};
use crate::{
    core::{
        Epoch, Head, JsonText, Link, Timestamp,
        event::{NewEvent, RecordedEvent},
        record::{ChainVerifier, Record},
    },
    engine::VerifyError,
    environment::Environment,
    storage::{Storage, StorageErrorKind},
    testing::{Fixture, label, reference_digest, reference_epoch_link, reference_link},
};

/// Three appends whose digests do not depend on the log.
fn appends() -> Vec<Vec<NewEvent>> {
    let at = |millis: i64| Some(Timestamp::from_millis(1_700_000_000_000 + millis));
    let full = NewEvent {
        created_at: at(1),
        schema_version: 513,
        metadata: Some(JsonText::parse("{\"k\": 1.10}").unwrap()),
        tags: vec![label("x"), label("é")],
        caused_by: Some(label("someone")),
        causation_id: Some(label("command")),
        correlation_id: Some(label("business")),
        ..event("wallet-é", "{\"amount\":\"10.00\"}").with_id(event_id(1))
    };
    let plain = |id, aggregate, millis| NewEvent {
        created_at: at(millis),
        ..event(aggregate, "null").with_id(event_id(id))
    };
    vec![
        vec![full],
        vec![plain(2, "a", -5), plain(3, "wallet-é", 0), plain(4, "a", 7)],
        vec![plain(5, "b", 9)],
    ]
}

/// The digests of those events, by Python's hashlib from the description of the format.
const DIGESTS: [&str; 5] = [
    "d2650d171f1aed8e23dfaeaf2a4bfe634784c30797806f25692c8531c153d507",
    "d80a315fc6081ff0c3758920e8bfc98f133d38a1d4432ff56490280cb1ed40f1",
    "c6fb591f31c35b7b1d02fa7ead803142f5432b21e2624bdf5d82b716020f320c",
    "fbebfe86bdb4773b3162436de37f5711fc487b99e03f2b90befbabeea26be150",
    "dbeed87c1ac768ec067f284d68458b2fb06ed03175ee35dc491a2d6d7eeed825",
];

/// The chain that this log has is the one that the description of the format gives, computed by other code.
pub async fn g10_links_are_those_of_the_format<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    let began = lab.environment.now().millis();
    let mut place = lab.head().await;
    let nothing = Head {
        link: Link::NONE,
        ..place
    };
    assert_eq!(place.link, reference_epoch_link(place.epoch, &nothing, began));
    for events in appends() {
        let count = events.len();
        lab.environment.advance(std::time::Duration::from_millis(1_500));
        let receipt = lab.add(events).await;
        let stored = lab.all().await;
        let link = reference_link(&place, &stored[stored.len() - count..]);
        place = Head {
            epoch: place.epoch,
            sequence_number: place.sequence_number + count as u64,
            link,
        };
        assert_eq!(receipt.head, place);
    }
    let digests: Vec<_> = lab
        .all()
        .await
        .iter()
        .map(|event| reference_digest(event).to_string())
        .collect();
    assert_eq!(digests, DIGESTS);
    lab.maintain().await;
    assert_eq!(lab.head().await, place);
    lab.finish().await;
}

/// Every place of the log is told, inside an append with the append's link, and stays the same.
pub async fn g10_every_place_is_told<F: Fixture>() {
    let mut lab = Lab::<F>::new().await;
    let mut due = vec![lab.head().await];
    for events in appends() {
        let count = events.len() as u64;
        let head = lab.add(events).await.head;
        due.extend((0..count).rev().map(|n| Head {
            sequence_number: head.sequence_number - n,
            ..head
        }));
    }
    for _ in 0..2 {
        for place in &due {
            assert_eq!(lab.store.place(place.sequence_number).await.unwrap(), Some(*place));
        }
        assert_eq!(lab.store.place(6).await.unwrap(), None);
        assert_eq!(lab.store.place(u64::MAX).await.unwrap(), None);
        lab.maintain().await;
        lab.reopen().await;
    }
    lab.finish().await;
}

/// From every place that the log had, verification proves what follows.
pub async fn g10_verification_goes_on_from_any_place<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    let mut places = vec![(lab.head().await, 0)];
    for (events, append) in appends().into_iter().zip(1..) {
        let receipt = lab.add(events).await;
        for number in receipt.first_sequence_number..=receipt.last_sequence_number {
            places.push((
                Head {
                    sequence_number: number,
                    ..receipt.head
                },
                append,
            ));
        }
    }
    let head = lab.head().await;
    let whole = lab.store.verify(None).await.unwrap();
    assert_eq!((whole.appends, whole.events, whole.head), (3, 5, head));
    for (place, appends) in places {
        let rest = lab.store.verify(Some(place)).await.unwrap();
        assert_eq!((rest.head, rest.appends), (head, 3 - appends));
    }
    lab.finish().await;
}

/// A place that this log does not have is told: its end was removed, its history is another, its epoch is another.
pub async fn g10_a_lost_place_is_told<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    for events in appends() {
        lab.add(events).await;
    }
    let head = lab.head().await;
    let other = Lab::<F>::new().await;
    other.add(vec![event("a", "1"), event("a", "2")]).await;
    let cases = [
        (
            Head {
                sequence_number: 6,
                ..head
            },
            StorageErrorKind::LogRewound,
        ),
        (
            Head {
                link: Link::NONE,
                ..head
            },
            StorageErrorKind::LogDiverged,
        ),
        (
            Head {
                sequence_number: 2,
                ..head
            },
            StorageErrorKind::LogDiverged,
        ),
        (
            Head {
                epoch: Epoch::from_random([1; 16]),
                ..head
            },
            StorageErrorKind::EpochChanged,
        ),
        (other.head().await, StorageErrorKind::EpochChanged),
    ];
    for (since, due) in cases {
        match lab.store.verify(Some(since)).await {
            Err(VerifyError::Storage(error)) => assert_eq!(error.kind, due),
            result => panic!("{result:?}"),
        }
    }
    other.finish().await;
    lab.finish().await;
}

/// The records of the log are whole, follow each other, survive encoding, and hold every event once.
pub async fn g10_records_cover_the_log<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    for n in 0..25 {
        lab.add(vec![event("a", &n.to_string()), event(&format!("b{n}"), "\"é\"")])
            .await;
        if n == 12 {
            lab.maintain().await;
        }
    }
    for bytes in [1, 2_000, 1 << 20] {
        let mut records: Vec<Record> = Vec::new();
        while let Some(page) = next_records(lab.store.storage(), records.last(), bytes).await {
            records.extend(page);
        }
        let mut verifier = ChainVerifier::from_start();
        for record in &records {
            let decoded = Record::decode(&record.encode_directory(), record.text()).unwrap();
            assert_eq!(decoded, *record);
            verifier.push(record).unwrap();
        }
        assert_eq!(verifier.finish().unwrap().head, lab.head().await);
        let held: Vec<RecordedEvent> = records
            .iter()
            .flat_map(|record| (0..record.directory().events.len()).map(|index| record.event(index).unwrap()))
            .collect();
        assert_eq!(held, lab.all().await);
    }
    let middle = lab.store.storage().read_records(Some(21), 1).await.unwrap();
    assert!(
        middle[0].directory().index_of(22).is_some(),
        "the first record holds what follows the position"
    );
    lab.finish().await;
}

async fn next_records<S: Storage>(storage: &S, last: Option<&Record>, bytes: usize) -> Option<Vec<Record>> {
    let page = storage
        .read_records(last.map(Record::last_sequence_number), bytes)
        .await
        .unwrap();
    (!page.is_empty()).then_some(page)
}
