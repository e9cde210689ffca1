use super::{Lab, each, event, event_id};
use crate::{core::append::Expectation, storage::StorageErrorKind, testing::Fixture};

/// A receipt says what was reached, also when it is given again.
pub async fn g9_a_receipt_says_what_was_reached<F: Fixture>() {
    let mut lab = Lab::<F>::new().await;
    let events = || {
        vec![
            event("b", "1").with_id(event_id(1)),
            event("a", "2").with_id(event_id(2)),
            event("b", "3").with_id(event_id(3)),
        ]
    };
    let given = || each(&[("a", Expectation::Any), ("b", Expectation::Any)]);
    let receipt = lab.append(events(), given()).await.unwrap();
    assert_eq!(receipt.durability, lab.fixture.durability());
    let versions: Vec<_> = receipt
        .versions
        .iter()
        .map(|(id, version)| (id.as_str(), *version))
        .collect();
    assert_eq!(versions, [("b", 2), ("a", 1)], "in the order of their first events");
    assert_eq!(receipt.head, lab.head().await);
    lab.reopen().await;
    assert_eq!(
        lab.append(events(), given()).await.unwrap().durability,
        lab.fixture.durability()
    );
    assert_eq!(
        lab.store.find_append(event_id(2)).await.unwrap().unwrap().durability,
        lab.fixture.durability()
    );
    lab.finish().await;
}

/// What a receipt was given for is there after closing and opening.
pub async fn g9_what_was_acknowledged_is_there_after_reopening<F: Fixture>() {
    let mut lab = Lab::<F>::new().await;
    let mut acknowledged = Vec::new();
    for n in 0..12 {
        let receipt = lab
            .add(vec![event("a", &n.to_string()), event(&format!("b{n}"), "1")])
            .await;
        acknowledged.push(receipt.head);
        if n % 4 == 3 {
            lab.reopen().await;
        }
    }
    for head in &acknowledged {
        assert_eq!(lab.store.place(head.sequence_number).await.unwrap(), Some(*head));
    }
    assert_eq!(acknowledged.last(), Some(&lab.head().await));
    assert_eq!(lab.all().await.len(), 24);
    lab.finish().await;
}

/// A closed store takes no call, its append is not committed, and other tabs go on.
pub async fn g9_a_closed_store_takes_no_call<F: Fixture>() {
    use crate::{
        core::{append::GivenExpectations, read::EventFilter},
        storage::{AppendError, Outcome},
        testing::read_all,
    };
    let lab = Lab::<F>::new().await;
    lab.add(vec![event("a", "1")]).await;
    let closing = lab.another_tab().await;
    let last = closing.append(vec![event("a", "2")], GivenExpectations::exactly(1));
    closing.close().await;
    closing.close().await;
    assert_eq!(
        last.await.unwrap().last_sequence_number,
        2,
        "closing waits for appends under way"
    );
    match closing.append(vec![event("a", "3")], GivenExpectations::any()).await {
        Err(AppendError::Storage(error)) => {
            assert_eq!(
                (error.kind, error.outcome),
                (StorageErrorKind::Closed, Some(Outcome::NotCommitted))
            );
        }
        other => panic!("{other:?}"),
    }
    let kinds = [
        closing.head().await.err().map(|error| error.kind),
        closing
            .aggregate_version(&super::aggregate_id("a"))
            .await
            .err()
            .map(|error| error.kind),
        closing.find_append(event_id(1)).await.err().map(|error| error.kind),
    ];
    assert_eq!(kinds, [Some(StorageErrorKind::Closed); 3]);
    assert!(read_all(&closing, &EventFilter::default(), 10).await.is_err());
    assert_eq!(closing.health().await.handle, "closed");
    assert_eq!(lab.store.health().await.handle, "open");
    assert_eq!(lab.add(vec![event("a", "3")]).await.last_sequence_number, 3);
    lab.finish().await;
}
