use super::{Lab, event};
use crate::{
    core::{JsonText, event::NewEvent},
    storage::ReadEvents,
    testing::{Fixture, label},
};

/// Texts come back byte for byte: numbers, spaces, repeated keys, escapes, every kind of character.
pub async fn g6_texts_are_kept_byte_for_byte<F: Fixture>() {
    let mut lab = Lab::<F>::new().await;
    let payloads = [
        "{\"amount\": 1.10, \"big\":9007199254740993}",
        "{\"a\":1,\"a\":2}",
        "{\"__proto__\":{\"x\":1},\"constructor\":null}",
        "\"\\u0000\\ud800\\u00e9\"",
        "\"é😀\u{2028}\u{feff}\u{10ffff}\"",
        "[1e400,-0,0.1000,[],{}]",
        "null",
        "\"\"",
    ];
    let ids = [
        "__proto__",
        "constructor",
        "é",
        "e\u{301}",
        "😀",
        "a\"b\\c",
        "a/b#c:d,e",
        " a ",
    ];
    for (payload, id) in payloads.into_iter().zip(ids) {
        let event = NewEvent {
            metadata: Some(JsonText::parse("{ \"m\" : 1.0 }").unwrap()),
            tags: vec![label(id)],
            caused_by: Some(label(id)),
            ..event(id, payload)
        };
        let receipt = lab.add(vec![event]).await;
        assert_eq!(
            receipt.versions,
            [(super::aggregate_id(id), 1)],
            "two ids are taken for one"
        );
    }
    for _ in 0..2 {
        for (stored, (payload, id)) in lab.all().await.iter().zip(payloads.into_iter().zip(ids)) {
            assert_eq!(stored.content.event_data.as_str(), payload);
            assert_eq!(stored.content.metadata.as_ref().unwrap().as_str(), "{ \"m\" : 1.0 }");
            assert_eq!(stored.content.aggregate_id.as_str(), id);
            assert_eq!(stored.content.tags, [label(id)]);
            assert_eq!(stored.content.caused_by, Some(label(id)));
        }
        lab.maintain().await;
        lab.reopen().await;
    }
    lab.finish().await;
}

/// What was read once reads the same for ever, whatever is appended, maintained or reopened, and whatever a reader did to its copy.
pub async fn g6_what_is_stored_never_changes<F: Fixture>() {
    let mut lab = Lab::<F>::new().await;
    for n in 0..30 {
        lab.add(vec![event(&format!("a{}", n % 3), &n.to_string()), event("b", "1")])
            .await;
    }
    let read = ReadEvents::default;
    let first = lab.store.read_events(read()).await.unwrap();
    let mut copy = first.events().unwrap();
    copy.truncate(1);
    copy[0].content.event_data = JsonText::parse("\"changed\"").unwrap();
    lab.add(vec![event("a0", "\"later\"")]).await;
    lab.maintain().await;
    lab.reopen().await;
    let again = lab.store.read_events(read()).await.unwrap();
    assert!(again.text().starts_with(first.text()));
    assert_eq!(again.entries().len(), first.entries().len() + 1);
    lab.finish().await;
}

/// A payload of a megabyte, ASCII or not, is stored and comes back.
pub async fn g6_large_payloads_are_kept<F: Fixture>() {
    let mut lab = Lab::<F>::new().await;
    let payloads = [
        format!("\"{}\"", "x".repeat((1 << 20) - 200)),
        format!("\"{}\"", "é😀".repeat((1 << 20) / 6 - 100)),
    ];
    for payload in &payloads {
        lab.add(vec![event("a", payload)]).await;
    }
    lab.maintain().await;
    lab.reopen().await;
    let stored = lab.all().await;
    assert!(
        stored
            .iter()
            .zip(&payloads)
            .all(|(event, payload)| event.content.event_data.as_str() == payload)
    );
    assert_eq!(stored.len(), 2);
    lab.finish().await;
}
