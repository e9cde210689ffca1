use std::{
    cell::{Cell, RefCell},
    future::{Future, poll_fn},
    pin::pin,
    rc::Rc,
    sync::Arc,
    task::Poll,
    time::Duration,
};

use futures_channel::oneshot;
use wasm_bindgen::closure::Closure;

use super::port::{Listener, as_f64, number, page};
use crate::environment::Environment;

/// How often a waiting reader looks for itself, whatever it was told.
const POLL_VISIBLE: Duration = Duration::from_secs(2);
/// The same in a page that nobody sees; becoming visible wakes it.
const POLL_HIDDEN: Duration = Duration::from_secs(30);

/// News that the log has grown: from this tab, from other tabs, or because it is time to look. Only hints; the log is the truth.
pub(super) struct Hints {
    environment: Arc<dyn Environment>,
    shared: Rc<Shared>,
    listener: Listener,
    _wake: Closure<dyn FnMut(f64)>,
}

#[derive(Default)]
struct Shared {
    waiters: RefCell<Vec<oneshot::Sender<()>>>,
    /// The largest sequence number heard of.
    heard: Cell<u64>,
}

impl Hints {
    pub(super) fn new(name: &str, environment: Arc<dyn Environment>) -> Self {
        let shared = Rc::new(Shared::default());
        let wake = {
            let shared = Rc::clone(&shared);
            Closure::<dyn FnMut(f64)>::new(move |last: f64| shared.wake(number(&last.into()).unwrap_or(0)))
        };
        Self {
            environment,
            shared,
            listener: page().listen(name, wake.as_ref()),
            _wake: wake,
        }
    }

    /// Tells this tab and the others that the log has grown.
    pub(super) fn announce(&self, last: u64) {
        self.shared.wake(last);
        self.listener.announce(as_f64(last));
    }

    /// Tells this tab that the log is known to reach this far; 0 only wakes.
    pub(super) fn wake(&self, last: u64) {
        self.shared.wake(last);
    }

    /// How far the log reaches, as far as this tab has heard.
    pub(super) fn heard(&self) -> u64 {
        self.shared.heard.get()
    }

    /// Puts right what was heard, after the log was asked.
    pub(super) fn correct(&self, last: u64) {
        self.shared.heard.set(last);
    }

    /// Completes with the next news, or when it is time to look.
    pub(super) async fn news(&self) {
        let (waiter, woken) = oneshot::channel();
        self.shared.waiters.borrow_mut().push(waiter);
        let patience = if self.listener.is_hidden() {
            POLL_HIDDEN
        } else {
            POLL_VISIBLE
        };
        either(woken, self.environment.sleep(patience)).await;
        self.shared.waiters.borrow_mut().retain(|waiter| !waiter.is_canceled());
    }
}

impl Drop for Hints {
    fn drop(&mut self) {
        self.listener.stop();
    }
}

impl Shared {
    fn wake(&self, last: u64) {
        self.heard.set(self.heard.get().max(last));
        for waiter in self.waiters.take() {
            let _ = waiter.send(());
        }
    }
}

/// Completes with the first of two futures.
async fn either(first: impl Future, second: impl Future) {
    let (mut first, mut second) = (pin!(first), pin!(second));
    poll_fn(|context| {
        if first.as_mut().poll(context).is_ready() || second.as_mut().poll(context).is_ready() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}
