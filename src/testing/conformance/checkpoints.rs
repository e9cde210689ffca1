use super::{Lab, event};
use crate::{
    core::{CheckpointName, append::CheckpointMove},
    storage::CheckpointError,
    testing::{Fixture, join_all},
};

/// A checkpoint moves only from where it is expected to stand, and is kept for each consumer by itself.
pub async fn checkpoints_are_compared_and_set<F: Fixture>() {
    let mut lab = Lab::<F>::new().await;
    let name = CheckpointName::parse("consumer").unwrap();
    let begin = lab.head().await;
    let first = lab.add(vec![event("a", "1")]).await.head;
    let second = lab.add(vec![event("a", "2")]).await.head;
    let step = |from, to| CheckpointMove {
        name: name.clone(),
        from,
        to,
    };
    assert_eq!(lab.store.checkpoint(&name).await.unwrap(), None);
    let conflict = lab.store.save_checkpoint(step(Some(begin), first)).await;
    assert!(matches!(conflict, Err(CheckpointError::Conflict { actual: None })));
    lab.store.save_checkpoint(step(None, first)).await.unwrap();
    let conflict = lab.store.save_checkpoint(step(None, second)).await;
    assert!(matches!(conflict, Err(CheckpointError::Conflict { actual: Some(actual) }) if actual == first));
    lab.store.save_checkpoint(step(Some(first), second)).await.unwrap();
    lab.reopen().await;
    assert_eq!(lab.store.checkpoint(&name).await.unwrap(), Some(second));
    let other = CheckpointName::parse("other").unwrap();
    assert_eq!(lab.store.checkpoint(&other).await.unwrap(), None);
    lab.finish().await;
}

/// Of consumers that move the same checkpoint at once, one succeeds.
pub async fn checkpoints_move_once_among_tabs<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    let tabs = [lab.store.clone(), lab.another_tab().await, lab.another_tab().await];
    let to = lab.add(vec![event("a", "1")]).await.head;
    let step = CheckpointMove {
        name: CheckpointName::parse("consumer").unwrap(),
        from: None,
        to,
    };
    let results = join_all(tabs.iter().map(|tab| tab.save_checkpoint(step.clone()))).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    lab.finish().await;
}
