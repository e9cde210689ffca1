//! Time, randomness and news, which go through the outside so that tests can put their own in their place.

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

/// Where time and randomness come from, and news of health go to. Tests put their own in its place.
pub trait Environment: MaybeSend + MaybeSync {
    /// The time now.
    fn now(&self) -> Timestamp;
    /// Fills the buffer with random bytes fit for ids.
    fn fill_random(&self, buffer: &mut [u8]);
    /// Completes after a while.
    fn sleep(&self, duration: Duration) -> BoxFuture<()>;

    /// Told whenever the health of a storage may be another one than before. It must not call the store before it returns.
    fn health_changed(&self) {}

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

/// The environment of one store of the npm package.
#[cfg(all(feature = "js", target_family = "wasm", target_os = "unknown"))]
pub use given::Surroundings;

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
            sleep(duration)
        }
    }

    pub(super) fn sleep(duration: Duration) -> BoxFuture<()> {
        // A timer that is to wait longer does not wait at all, and a server may ask for any pause.
        let millis = (duration.as_secs_f64() * 1_000.0).min(f64::from(i32::MAX));
        let promise = Promise::new(&mut |resolve, _| set_timeout(&resolve, millis));
        Box::pin(async move { drop(JsFuture::from(promise).await) })
    }
}

#[cfg(all(feature = "js", target_family = "wasm", target_os = "unknown"))]
mod given {
    use wasm_bindgen::prelude::wasm_bindgen;

    use super::{BoxFuture, Duration, Environment, Timestamp, system};

    #[wasm_bindgen]
    extern "C" {
        /// A `RawSurroundings` of `abi.d.ts`.
        #[derive(Debug)]
        pub type Surroundings;
        #[wasm_bindgen(method)]
        fn now(this: &Surroundings) -> f64;
        #[wasm_bindgen(method, js_name = getRandomValues)]
        fn get_random_values(this: &Surroundings, buffer: &mut [u8]);
        #[wasm_bindgen(method, js_name = healthChanged)]
        fn tell_health_changed(this: &Surroundings);
    }

    impl Environment for Surroundings {
        fn now(&self) -> Timestamp {
            // A whole number of milliseconds within 10^16: exact in an i64.
            #[expect(clippy::cast_possible_truncation)]
            Timestamp::from_millis(self.now() as i64)
        }

        fn fill_random(&self, buffer: &mut [u8]) {
            self.get_random_values(buffer);
        }

        fn sleep(&self, duration: Duration) -> BoxFuture<()> {
            system::sleep(duration)
        }

        fn health_changed(&self) {
            self.tell_health_changed();
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
