use std::{
    cell::RefCell,
    future::poll_fn,
    rc::Rc,
    task::{Poll, Waker},
};

/// One value that an event handler hands to a future on the same thread.
pub(super) struct Signal<T>(Rc<RefCell<State<T>>>);

struct State<T> {
    value: Option<T>,
    waker: Option<Waker>,
}

impl<T> Clone for Signal<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<T> Signal<T> {
    pub(super) fn new() -> Self {
        Self(Rc::new(RefCell::new(State {
            value: None,
            waker: None,
        })))
    }

    /// Hands the value over; a second one is dropped.
    pub(super) fn set(&self, value: T) {
        let waker = {
            let mut state = self.0.borrow_mut();
            if state.value.is_none() {
                state.value = Some(value);
            }
            state.waker.take()
        };
        // Only now: the future may run at once and look into the state.
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    pub(super) async fn wait(&self) -> T {
        poll_fn(|context| {
            let mut state = self.0.borrow_mut();
            match state.value.take() {
                Some(value) => Poll::Ready(value),
                None => {
                    state.waker = Some(context.waker().clone());
                    Poll::Pending
                }
            }
        })
        .await
    }
}
