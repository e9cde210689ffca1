//! Time and randomness, which come in from outside so that tests can put their own in their place.

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use crate::{
    core::{Epoch, EventId, Timestamp},
    maybe_send::{MaybeSend, MaybeSync},
};

/// A boxed future: `Send` natively.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;
/// A boxed future: `Send` natively.
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T>>>;

/// Where time and randomness come from. Tests put their own in its place.
pub trait Environment: MaybeSend + MaybeSync {
    /// The time now.
    fn now(&self) -> Timestamp;
    /// Fills the buffer with random bytes fit for ids.
    fn fill_random(&self, buffer: &mut [u8]);
    /// Completes after a while.
    fn sleep(&self, duration: Duration) -> BoxFuture<()>;

    /// A new event id: a UUIDv7 of the time now.
    fn mint_event_id(&self) -> EventId {
        let mut random = [0; 10];
        self.fill_random(&mut random);
        EventId::from_time(self.now().millis(), random)
    }

    /// A new epoch.
    fn mint_epoch(&self) -> Epoch {
        let mut random = [0; 16];
        self.fill_random(&mut random);
        Epoch::from_random(random)
    }
}

/// The environment that the program really runs in.
pub fn system() -> Arc<dyn Environment> {
    Arc::new(system::System)
}

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
mod system {
    use std::time::{SystemTime, UNIX_EPOCH};

    use super::{BoxFuture, Duration, Environment, Timestamp};

    pub(super) struct System;

    impl Environment for System {
        fn now(&self) -> Timestamp {
            let millis = SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |elapsed| elapsed.as_millis());
            Timestamp::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
        }

        fn fill_random(&self, buffer: &mut [u8]) {
            // Without randomness no id is unique and nothing may be stored: there is nothing better to do than to stop.
            getrandom::fill(buffer).expect("the operating system gives no random bytes");
        }

        fn sleep(&self, duration: Duration) -> BoxFuture<()> {
            Box::pin(futures_timer::Delay::new(duration))
        }
    }
}

#[cfg(all(target_family = "wasm", target_os = "unknown"))]
mod system {
    use js_sys::{Date, Function, Promise};
    use wasm_bindgen::prelude::wasm_bindgen;
    use wasm_bindgen_futures::JsFuture;

    use super::{BoxFuture, Duration, Environment, Timestamp};

    #[wasm_bindgen]
    extern "C" {
        // Stands on the global object of a window, a worker and Node alike.
        #[wasm_bindgen(js_name = setTimeout)]
        fn set_timeout(callback: &Function, millis: f64);
    }

    pub(super) struct System;

    impl Environment for System {
        fn now(&self) -> Timestamp {
            // A whole number of milliseconds within 10^16: exact in an i64.
            #[expect(clippy::cast_possible_truncation)]
            Timestamp::from_millis(Date::now() as i64)
        }

        fn fill_random(&self, buffer: &mut [u8]) {
            crate::environment::random::fill(buffer);
        }

        fn sleep(&self, duration: Duration) -> BoxFuture<()> {
            let millis = duration.as_secs_f64() * 1_000.0;
            let promise = Promise::new(&mut |resolve, _| set_timeout(&resolve, millis));
            Box::pin(async move { drop(JsFuture::from(promise).await) })
        }
    }
}

#[cfg(all(target_family = "wasm", target_os = "unknown"))]
mod random {
    use wasm_bindgen::prelude::wasm_bindgen;

    #[wasm_bindgen]
    extern "C" {
        #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues, catch)]
        fn get_random_values(buffer: &mut [u8]) -> Result<(), wasm_bindgen::JsValue>;
    }

    pub(super) fn fill(buffer: &mut [u8]) {
        // Web Crypto stands on the global object of a window, a worker and Node ≥ 20; ids without it would not be unique.
        get_random_values(buffer).expect("crypto.getRandomValues gives no random bytes");
    }
}
