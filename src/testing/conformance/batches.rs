use crate::{core::read::SubscriptionBatch, engine::EventSubscription, storage::Storage};

/// The next batch, which must be no larger than was asked for.
pub(super) async fn batch<S: Storage>(subscription: &EventSubscription<S>, max: usize) -> SubscriptionBatch {
    let batch = subscription.next(max).await.unwrap().unwrap();
    assert!(
        batch.page.entries().len() <= max,
        "a batch is larger than was asked for"
    );
    assert_eq!(subscription.cursor(), batch.cursor);
    batch
}

/// The sequence numbers of a batch.
pub(super) fn numbers(batch: &SubscriptionBatch) -> Vec<u64> {
    batch.page.entries().iter().map(|entry| entry.sequence_number).collect()
}

/// The sequence numbers that a subscription delivers until it has caught up.
pub(super) async fn until_caught_up<S: Storage>(subscription: &EventSubscription<S>, max: usize) -> Vec<u64> {
    let mut delivered = Vec::new();
    loop {
        let batch = batch(subscription, max).await;
        delivered.extend(numbers(&batch));
        if batch.caught_up {
            return delivered;
        }
    }
}
