use super::{Lab, event, refused};
use crate::{
    core::{
        Limits, MAX_SAFE_INTEGER,
        append::{AppendCondition, CheckpointMove, GivenExpectations},
        event::read_new_events,
        read::{EventFilter, PageLimits},
    },
    engine::{AppendOptions, EventStore, ReadError, SubscribeFrom},
    storage::{AppendError, ReadAggregate, ReadEvents},
    testing::Fixture,
};

/// Texts from outside that are not events are refused with the place; none makes the reader panic.
pub async fn g12_a_malformed_text_is_refused<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    let with = |member: &str| {
        format!("[{{\"aggregateId\":\"a\",\"aggregateType\":\"t\",\"eventType\":\"e\",\"eventData\":1,{member}}}]")
    };
    let cases = [
        (String::new(), "events"),
        ("[".to_owned(), "events[0]"),
        ("{}".to_owned(), "events"),
        ("[{}] x".to_owned(), "events[0].aggregateId"),
        ("[{\"aggregateId\":\"$all\"}]".to_owned(), "events[0].aggregateId"),
        ("[{\"aggregateId\":\"\\u0000\"}]".to_owned(), "events[0].aggregateId"),
        (
            format!("[{{\"aggregateId\":\"{}\"}}]", "x".repeat(256)),
            "events[0].aggregateId",
        ),
        ("[{\"aggregateId\":7}]".to_owned(), "events[0].aggregateId"),
        ("[{\"aggregateType\":\"\"}]".to_owned(), "events[0].aggregateType"),
        (
            format!("[{{\"eventType\":\"{}\"}}]", "é".repeat(51)),
            "events[0].eventType",
        ),
        (with("\"schemaVersion\":0"), "events[0].schemaVersion"),
        (with("\"schemaVersion\":65536"), "events[0].schemaVersion"),
        (with("\"aggregateVersion\":0"), "events[0].aggregateVersion"),
        (
            with("\"aggregateVersion\":9007199254740992"),
            "events[0].aggregateVersion",
        ),
        (with("\"aggregateVersion\":1.0"), "events[0].aggregateVersion"),
        (with("\"createdAt\":\"2026-02-30T00:00:00Z\""), "events[0].createdAt"),
        (with("\"createdAt\":1795504955123"), "events[0].createdAt"),
        (with("\"metadata\":\"x\""), "events[0].metadata"),
        (with("\"metadata\":[]"), "events[0].metadata"),
        (with("\"tags\":\"x\""), "events[0].tags"),
        (with("\"tags\":[\"\"]"), "events[0].tags"),
        (
            with(&format!("\"tags\":[{}]", ["\"x\""; 17].join(","))),
            "events[0].tags",
        ),
        (with("\"causedBy\":\"\\ud800\""), "events[0].causedBy"),
        (with("\"correlationId\":\"\""), "events[0].correlationId"),
        (with("\"id\":\"1\""), "events[0].id"),
        (with("\"eventData\":2"), "events[0].eventData"),
        (with("\"sequenceNumber\":1"), "events[0].sequenceNumber"),
        (with("\"__proto__\":1"), "events[0].__proto__"),
    ];
    for (text, field) in cases {
        let invalid = read_new_events(&text).unwrap_err();
        assert_eq!(invalid.field, field, "{text}: {invalid}");
    }
    let deep = with("\"metadata\":{\"d\":0}").replace("0}", &format!("{}{}}}", "[".repeat(128), "]".repeat(128)));
    assert_eq!(read_new_events(&deep).unwrap_err().field, "events[0].metadata");
    let just = deep.replacen('[', "", 1).replacen("[[", "[", 1);
    assert!(
        read_new_events(&just).is_err(),
        "brackets that do not close are refused"
    );
    assert_eq!(lab.head().await.sequence_number, 0);
    lab.finish().await;
}

/// What fits the limits exactly is stored; what is one larger is refused.
pub async fn g12_limits_are_exact<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    let limits = Limits {
        event_bytes: 100,
        append_events: 3,
        append_bytes: 200,
    };
    let store = EventStore::new(lab.fixture.open().await.unwrap(), lab.environment.clone(), limits);
    // Names take 14 bytes: "a", "thing", "Happened".
    let sized = |bytes: usize| event("a", &format!("\"{}\"", "x".repeat(bytes - 14 - 2)));
    let any = GivenExpectations::any;
    assert_eq!(refused(&store, vec![sized(101)], any()).await.field, "events[0]");
    assert!(store.append(vec![sized(100), sized(100)], any()).await.is_ok());
    assert_eq!(
        refused(&store, vec![sized(100), sized(80), sized(21)], any())
            .await
            .field,
        "events"
    );
    assert!(
        store
            .append(vec![sized(100), sized(80), sized(20)], any())
            .await
            .is_ok()
    );
    assert_eq!(refused(&store, vec![sized(20); 4], any()).await.field, "events");
    assert_eq!(store.head().await.unwrap().sequence_number, 5);
    store.close().await;
    lab.finish().await;
}

/// Pages of nothing and positions beyond the end are answered, not looped over; what a backend cannot do is refused.
pub async fn g12_other_arguments_are_checked<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    lab.add(vec![event("a", "1"), event("a", "2")]).await;
    let nothing = PageLimits {
        events: 0,
        ..PageLimits::default()
    };
    let read = lab
        .store
        .read_events(ReadEvents {
            limits: nothing,
            ..ReadEvents::default()
        })
        .await;
    assert!(matches!(read, Err(ReadError::Invalid(invalid)) if invalid.field == "maxEvents"));
    let of_aggregate = |from_version, to_version, limits| ReadAggregate {
        id: super::aggregate_id("a"),
        from_version,
        to_version,
        limits,
    };
    let read = lab.store.read_aggregate(of_aggregate(1, None, nothing)).await;
    assert!(matches!(read, Err(ReadError::Invalid(_))));
    let subscription = lab
        .store
        .subscribe(EventFilter::default(), SubscribeFrom::End)
        .await
        .unwrap();
    assert!(matches!(subscription.next(0).await, Err(ReadError::Invalid(_))));

    for from in [2, 3, MAX_SAFE_INTEGER, u64::MAX] {
        let page = lab
            .store
            .read_events(ReadEvents {
                from: Some(from),
                ..ReadEvents::default()
            })
            .await
            .unwrap();
        assert!(page.entries().is_empty() && page.done);
        let limits = PageLimits::default();
        let page = lab
            .store
            .read_aggregate(of_aggregate(from.saturating_add(1), None, limits))
            .await
            .unwrap();
        assert!(page.entries().is_empty() && page.done);
    }
    let able = lab.store.capabilities();
    let head = lab.head().await;
    let condition = AppendOptions {
        expectations: GivenExpectations::any(),
        condition: Some(AppendCondition {
            filter: EventFilter::default(),
            after: 2,
        }),
        checkpoint: None,
    };
    let checkpoint = AppendOptions {
        expectations: GivenExpectations::any(),
        condition: None,
        checkpoint: Some(CheckpointMove {
            name: crate::core::CheckpointName::parse("c").unwrap(),
            from: None,
            to: head,
        }),
    };
    for (options, can, field) in [
        (condition, able.conditions, "condition"),
        (checkpoint, able.checkpoints_in_appends, "checkpoint"),
    ] {
        match lab.store.append_with(vec![event("a", "3")], options).await {
            Err(AppendError::Invalid(invalid)) if !can => assert_eq!(invalid.field, field),
            other => assert!(can, "{other:?}"),
        }
    }
    lab.finish().await;
}
