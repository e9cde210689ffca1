use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use super::{any_storage::AnyStorage, results, store::promise};
use crate::engine::EventSubscription;

#[wasm_bindgen]
pub struct RawSubscription {
    subscription: Rc<EventSubscription<AnyStorage>>,
}

impl RawSubscription {
    pub(super) fn new(subscription: EventSubscription<AnyStorage>) -> Self {
        Self {
            subscription: Rc::new(subscription),
        }
    }
}

#[wasm_bindgen]
impl RawSubscription {
    pub fn next(&self, max_events: u32) -> Promise {
        let subscription = Rc::clone(&self.subscription);
        promise(Ok(Box::pin(async move {
            // A number of events that does not fit is more than any page has.
            let max_events = usize::try_from(max_events).unwrap_or(usize::MAX);
            let batch = subscription.next(max_events).await?;
            Ok(batch.map_or(JsValue::UNDEFINED, |batch| results::batch(&batch)))
        })))
    }

    pub fn close(&self) {
        self.subscription.close();
    }
}

impl Drop for RawSubscription {
    fn drop(&mut self) {
        self.subscription.close();
    }
}
