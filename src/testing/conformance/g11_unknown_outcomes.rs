use super::{Lab, event, event_id, replayed};
use crate::testing::Fixture;

/// Whoever lost an answer finds it by the id of any event of the append: in any tab, after reopening and maintenance.
pub async fn g11_a_lost_receipt_is_found_by_any_event<F: Fixture>() {
    let mut lab = Lab::<F>::new().await;
    let mut receipts = Vec::new();
    for n in 0..8_u64 {
        let events = (0..3)
            .map(|m| event(&format!("a{}", m % 2), &n.to_string()).with_id(event_id(n * 3 + m)))
            .collect();
        receipts.push(lab.add(events).await);
    }
    for round in 0..3 {
        for (receipt, n) in receipts.iter().zip(0..) {
            for m in 0..3 {
                let found = lab.store.find_append(event_id(n * 3 + m)).await.unwrap();
                assert_eq!(found, Some(replayed(receipt)));
            }
        }
        assert_eq!(lab.store.find_append(event_id(24)).await.unwrap(), None);
        let other = lab.another_tab().await;
        assert_eq!(
            other.find_append(event_id(0)).await.unwrap(),
            Some(replayed(&receipts[0]))
        );
        if round == 0 {
            lab.maintain().await;
        }
        lab.reopen().await;
    }
    lab.finish().await;
}
