use std::{
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::{Mutex, MutexGuard, PoisonError},
    task::Poll,
};

use futures_channel::oneshot;

/// Lets one side stop what the other waits for.
#[derive(Default)]
pub(super) struct Closing(Mutex<State>);

#[derive(Default)]
struct State {
    closed: bool,
    /// Dropping these ends the waiting.
    waiting: Vec<oneshot::Sender<()>>,
}

impl Closing {
    /// What the future gives; none if it is closed before.
    pub(super) async fn unless_closed<F: Future>(&self, future: F) -> Option<F::Output> {
        let mut closed = self.register()?;
        let mut future = pin!(future);
        poll_fn(|context| {
            if Pin::new(&mut closed).poll(context).is_ready() {
                return Poll::Ready(None);
            }
            future.as_mut().poll(context).map(Some)
        })
        .await
    }

    pub(super) fn close(&self) {
        let waiting = {
            let mut state = self.lock();
            state.closed = true;
            std::mem::take(&mut state.waiting)
        };
        // Outside the lock: a waker may run code of the executor.
        drop(waiting);
    }

    fn register(&self) -> Option<oneshot::Receiver<()>> {
        let mut state = self.lock();
        if state.closed {
            return None;
        }
        state.waiting.retain(|waiter| !waiter.is_canceled());
        let (sender, receiver) = oneshot::channel();
        state.waiting.push(sender);
        Some(receiver)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
