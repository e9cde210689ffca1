//! The transport of a page, a worker or Node: `port.js` fetches, and this module names it for Rust.

use std::{error::Error, fmt, rc::Rc, time::Duration};

use js_sys::{Array, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::transport::{OnReach, Request, Response, Transport, TransportError, TransportErrorKind};
use crate::{environment::BoxFuture, storage::Cause};

/// Requests by `fetch`.
pub struct Fetch(Connection);

#[wasm_bindgen(module = "/src/backends/remote/fetch/port.js")]
extern "C" {
    type Connection;

    fn connect(base: &str, token: &JsValue) -> Connection;

    #[wasm_bindgen(method)]
    fn send(
        this: &Connection,
        method: &str,
        path: &str,
        body: &str,
        is_lines: bool,
        patience: f64,
        fresh: bool,
    ) -> Promise;
    #[wasm_bindgen(method)]
    fn follow(this: &Connection, path: &str, body: &str, silence: f64, fresh: bool, reach: &JsValue) -> Promise;
    #[wasm_bindgen(method)]
    fn stop(this: &Connection);
}

impl Fetch {
    /// The way to the server at this address, which has no slash at its end; `token` is a string, or a function that gives one or a
    /// promise of one, or undefined.
    pub fn new(base: &str, token: &JsValue) -> Self {
        Self(connect(base, token))
    }
}

impl Transport for Fetch {
    fn send(&self, request: &Request, fresh_token: bool) -> BoxFuture<Result<Response, TransportError>> {
        let Request { method, path, body, .. } = request;
        let sent = self.0.send(
            method,
            path,
            body,
            request.is_lines,
            millis(request.timeout),
            fresh_token,
        );
        answer(sent, None)
    }

    fn stream(
        &self,
        request: &Request,
        fresh_token: bool,
        on_reach: OnReach,
    ) -> BoxFuture<Result<Response, TransportError>> {
        let reach = Closure::<dyn FnMut(f64)>::new(move |last: f64| {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a conversion of floats stops at the bounds"
            )]
            on_reach(last as u64);
        });
        let followed = self.0.follow(
            &request.path,
            &request.body,
            millis(request.timeout),
            fresh_token,
            reach.as_ref(),
        );
        answer(followed, Some(reach))
    }

    fn spawn(&self, work: BoxFuture<()>) {
        spawn_local(work);
    }

    fn close(&self) {
        self.0.stop();
    }
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

/// Reads an answer of the port, which calls the listener until then.
fn answer(promise: Promise, listener: Option<Closure<dyn FnMut(f64)>>) -> BoxFuture<Result<Response, TransportError>> {
    Box::pin(async move {
        let answered = JsFuture::from(promise).await;
        drop(listener);
        let answer: Array = answered.map_err(failed)?.unchecked_into();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a conversion of floats stops at the bounds"
        )]
        Ok(Response {
            status: answer.get(0).as_f64().unwrap_or_default() as u16,
            body: answer.get(1).as_string().unwrap_or_default(),
            retry_after: answer
                .get(2)
                .as_f64()
                .map(|millis| Duration::from_millis(millis as u64)),
        })
    })
}

fn failed(value: JsValue) -> TransportError {
    let name = Reflect::get(&value, &JsValue::from_str("name")).unwrap_or_default();
    let kind = match name.as_string().as_deref() {
        Some("TimeoutError") => TransportErrorKind::Timeout,
        Some("TokenError") => TransportErrorKind::Token,
        _ => TransportErrorKind::Network,
    };
    TransportError {
        kind,
        cause: Some(Rc::new(Thrown(value))),
    }
}

/// What the platform threw, if this error of the storage carries it.
#[cfg(feature = "js")]
pub(crate) fn thrown_value(cause: &Cause) -> Option<JsValue> {
    cause.downcast_ref::<Thrown>().map(|thrown| thrown.0.clone())
}

/// What the platform threw.
#[derive(Debug)]
struct Thrown(JsValue);

impl fmt::Display for Thrown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the platform says why in the cause")
    }
}

impl Error for Thrown {}
