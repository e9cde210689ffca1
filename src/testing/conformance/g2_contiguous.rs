use std::collections::HashMap;

use super::{Lab, event};
use crate::{
    core::append::GivenExpectations,
    testing::{Fixture, Random},
};

/// Versions and sequence numbers have no hole, whatever was rejected in between.
pub async fn g2_versions_and_sequence_numbers_have_no_hole<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    let mut random = Random::new(2);
    for round in 0..60 {
        let id = format!("a{}", random.below(4));
        if random.one_in(3) {
            let wrong = lab.version(&id).await + 1;
            assert!(
                lab.append(vec![event(&id, "0")], GivenExpectations::exactly(wrong))
                    .await
                    .is_err()
            );
        } else {
            let other = format!("a{}", random.below(4));
            lab.add(vec![event(&id, "1"), event(&other, "2"), event(&id, "3")])
                .await;
        }
        if round % 20 == 10 {
            lab.maintain().await;
        }
    }
    let mut versions: HashMap<String, u64> = HashMap::new();
    for (event, sequence_number) in lab.all().await.iter().zip(1..) {
        assert_eq!(event.sequence_number, sequence_number);
        let version = versions.entry(event.content.aggregate_id.to_string()).or_default();
        *version += 1;
        assert_eq!(event.aggregate_version, *version);
    }
    for (id, version) in versions {
        assert_eq!(lab.version(&id).await, version);
    }
    lab.finish().await;
}

/// An empty log has a place before the first event and nothing else.
pub async fn g2_an_empty_log_begins_at_zero<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    let head = lab.head().await;
    assert_eq!(head.sequence_number, 0);
    assert_eq!(lab.store.place(0).await.unwrap(), Some(head));
    assert_eq!(lab.store.place(1).await.unwrap(), None);
    assert_eq!(lab.version("a").await, 0);
    assert!(lab.all().await.is_empty());
    let other = lab.another_tab().await;
    assert_eq!(other.head().await.unwrap(), head, "another tab begins another log");
    lab.finish().await;
}
