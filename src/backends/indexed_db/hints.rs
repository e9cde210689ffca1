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
use js_sys::{Function, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{BroadcastChannel, Event, EventTarget, MessageEvent};

use super::port::{get, number};
use crate::environment::Environment;

/// How often a waiting reader looks for itself, whatever it was told.
const POLL_VISIBLE: Duration = Duration::from_secs(2);
/// The same in a page that nobody sees; becoming visible wakes it.
const POLL_HIDDEN: Duration = Duration::from_secs(30);

/// News that the log has grown: from this tab, from other tabs, or because it is time to look. Only hints; the log is the truth.
pub(super) struct Hints {
    environment: Arc<dyn Environment>,
    shared: Rc<Shared>,
    channel: Option<BroadcastChannel>,
    on_message: Closure<dyn FnMut(MessageEvent)>,
    on_page: Closure<dyn FnMut(Event)>,
}

#[derive(Default)]
struct Shared {
    waiters: RefCell<Vec<oneshot::Sender<()>>>,
    /// The largest sequence number heard of.
    heard: Cell<u64>,
}

/// The events of a page after which what a tab knows may be old.
const PAGE_EVENTS: [(&str, &str); 2] = [("document", "visibilitychange"), ("window", "pageshow")];

impl Hints {
    pub(super) fn new(name: &str, environment: Arc<dyn Environment>) -> Self {
        let shared = Rc::new(Shared::default());
        let on_message = {
            let shared = Rc::clone(&shared);
            Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
                if let Some(last) = number(&event.data()) {
                    shared.wake(last);
                }
            })
        };
        let on_page = {
            let shared = Rc::clone(&shared);
            Closure::<dyn FnMut(Event)>::new(move |_: Event| shared.wake_all())
        };
        // Where there is no such channel the poll alone serves.
        let channel = BroadcastChannel::new(&format!("foldlog:{name}")).ok();
        if let Some(channel) = &channel {
            channel.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        }
        for (target, event) in page_targets() {
            drop(target.add_event_listener_with_callback(event, on_page.as_ref().unchecked_ref()));
        }
        Self {
            environment,
            shared,
            channel,
            on_message,
            on_page,
        }
    }

    /// Tells this tab and the others that the log has grown.
    pub(super) fn announce(&self, last: u64) {
        self.shared.wake(last);
        if let Some(channel) = &self.channel {
            #[expect(clippy::cast_precision_loss, reason = "sequence numbers stay at or below 2^53 - 1")]
            let message = JsValue::from_f64(last as f64);
            // A hint that is not sent is made good by the poll.
            drop(channel.post_message(&message));
        }
    }

    /// Tells this tab that the log is known to reach this far.
    pub(super) fn wake(&self, last: u64) {
        self.shared.wake(last);
    }

    /// Ends every waiting: the store closes.
    pub(super) fn wake_all(&self) {
        self.shared.wake_all();
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
        let patience = self
            .environment
            .sleep(if is_hidden() { POLL_HIDDEN } else { POLL_VISIBLE });
        either(woken, patience).await;
        self.shared.waiters.borrow_mut().retain(|waiter| !waiter.is_canceled());
    }
}

impl Drop for Hints {
    fn drop(&mut self) {
        if let Some(channel) = &self.channel {
            channel.set_onmessage(None);
            channel.close();
        }
        for (target, event) in page_targets() {
            drop(target.remove_event_listener_with_callback(event, self.on_page.as_ref().unchecked_ref()));
        }
        let _ = &self.on_message;
    }
}

impl Shared {
    fn wake(&self, last: u64) {
        self.heard.set(self.heard.get().max(last));
        self.wake_all();
    }

    fn wake_all(&self) {
        let waiters = std::mem::take(&mut *self.waiters.borrow_mut());
        for waiter in waiters {
            let _ = waiter.send(());
        }
    }
}

fn page_targets() -> impl Iterator<Item = (EventTarget, &'static str)> {
    PAGE_EVENTS.into_iter().filter_map(|(target, event)| {
        let target = Reflect::get(&js_sys::global(), &JsValue::from_str(target)).ok()?;
        let listens = get(&target, "addEventListener").is_instance_of::<Function>();
        listens.then(|| (target.unchecked_into(), event))
    })
}

fn is_hidden() -> bool {
    let document = get(&js_sys::global(), "document");
    !document.is_undefined() && get(&document, "visibilityState").as_string().as_deref() == Some("hidden")
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
