use std::{
    future::{Future, poll_fn},
    pin::{Pin, pin},
    task::Poll,
    time::Duration,
};

use crate::environment;

/// How long a test may wait for what never comes.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs futures at the same time, each polled in its turn, and gives their results in order.
pub async fn join_all<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut running: Vec<Pin<Box<F>>> = futures.into_iter().map(Box::pin).collect();
    let mut results: Vec<Option<F::Output>> = running.iter().map(|_| None).collect();
    poll_fn(|context| {
        for (future, result) in running.iter_mut().zip(&mut results) {
            if result.is_none()
                && let Poll::Ready(value) = future.as_mut().poll(context)
            {
                *result = Some(value);
            }
        }
        if results.iter().all(Option::is_some) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
    results.into_iter().flatten().collect()
}

/// Lets others run before it goes on.
pub async fn yield_now() {
    let mut yielded = false;
    poll_fn(|context| {
        if std::mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Runs a test to its end, and panics if it still waits after a minute.
pub async fn in_time<F: Future>(test: F) -> F::Output {
    let mut test = pin!(test);
    let mut bell = environment::system().sleep(PATIENCE);
    poll_fn(|context| {
        let polled = test.as_mut().poll(context);
        let late = polled.is_pending() && bell.as_mut().poll(context).is_ready();
        assert!(!late, "the test still waits after {PATIENCE:?}");
        polled
    })
    .await
}
