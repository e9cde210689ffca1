use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Event, IdbRequest, IdbRequestReadyState};

use super::{Failure, signal::Signal};

/// Waits for a request. Its error aborts the transaction, as IndexedDB has it.
pub(crate) async fn request(request: Result<IdbRequest, JsValue>) -> Result<JsValue, Failure> {
    let request = request?;
    // Requests issued together are awaited one after the other: a later one may have ended by then.
    if request.ready_state() == IdbRequestReadyState::Done {
        return request.result().map_err(|_| failure_of(&request));
    }
    let signal = Signal::new();
    let handler = {
        let signal = signal.clone();
        Closure::<dyn FnMut(Event)>::new(move |event: Event| signal.set(event.type_() == "success"))
    };
    request.set_onsuccess(Some(handler.as_ref().unchecked_ref()));
    request.set_onerror(Some(handler.as_ref().unchecked_ref()));
    let _detach = Detach(&request);
    if signal.wait().await {
        Ok(request.result()?)
    } else {
        Err(failure_of(&request))
    }
}

/// Why a request failed; `Lost` without a reason if it is still pending.
pub(super) fn failure_of(request: &IdbRequest) -> Failure {
    match request.error() {
        Ok(Some(exception)) => Failure::from_js(exception.into()),
        _ => Failure::new(super::FailureKind::Lost),
    }
}

/// Takes the handlers off before they are freed, so that a late event finds none.
struct Detach<'a>(&'a IdbRequest);

impl Drop for Detach<'_> {
    fn drop(&mut self) {
        self.0.set_onsuccess(None);
        self.0.set_onerror(None);
    }
}
