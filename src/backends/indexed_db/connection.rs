use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
    time::Duration,
};

use js_sys::Promise;
use wasm_bindgen::{JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

use super::{
    port::{Failure, FailureKind, port},
    schema,
};
use crate::{
    core::record::Record,
    storage::{StorageError, StorageErrorKind},
};

/// The way to one database: holds the handle, drops it when it dies and opens it again when it is needed.
pub(super) struct Connection {
    name: String,
    open_timeout: Duration,
    state: Rc<RefCell<State>>,
    /// How many times a handle was opened; a change means that what was known has to be proved again.
    generation: Rc<Cell<u64>>,
}

enum State {
    Open(Rc<Handle>),
    /// The handle died or was never there; the next use opens it.
    Lost,
    Superseded,
    Closed,
}

/// An open handle with the listener that is told of its end.
pub(super) struct Handle {
    database: JsValue,
    _lost: Closure<dyn FnMut(bool)>,
}

impl Handle {
    /// The `IDBDatabase`.
    pub(super) fn database(&self) -> &JsValue {
        &self.database
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        port().release(&self.database);
    }
}

impl Connection {
    pub(super) fn new(name: &str, open_timeout: Duration) -> Self {
        Self {
            name: name.to_owned(),
            open_timeout,
            state: Rc::new(RefCell::new(State::Lost)),
            generation: Rc::new(Cell::new(0)),
        }
    }

    /// How many times a handle was opened.
    pub(super) fn generation(&self) -> u64 {
        self.generation.get()
    }

    /// The word for the handle's state in `health()`.
    pub(super) fn state(&self) -> &'static str {
        match *self.state.borrow() {
            State::Open(_) => "open",
            State::Lost => "lost",
            State::Superseded => "superseded",
            State::Closed => "closed",
        }
    }

    /// Lets the handle go; transactions under way end first.
    pub(super) fn close(&self) {
        *self.state.borrow_mut() = State::Closed;
    }

    /// A live handle, opened again if it was lost; with `genesis` the database is created if it does not exist.
    pub(super) async fn handle(&self, genesis: Option<&Record>) -> Result<Rc<Handle>, StorageError> {
        if let Some(handle) = self.current()? {
            return Ok(handle);
        }
        let state = Rc::downgrade(&self.state);
        let number = self.generation.get() + 1;
        let current = Rc::clone(&self.generation);
        let lost = Closure::<dyn FnMut(bool)>::new(move |superseded| {
            // An older handle that is still in use somewhere has nothing to say any more.
            if current.get() == number {
                leave(&state, superseded);
            }
        });
        let genesis = genesis.map_or(JsValue::UNDEFINED, |record| {
            js_sys::Array::of2(&schema::record_value(record), &schema::record_key(record).into()).into()
        });
        let patience = self.open_timeout.as_secs_f64() * 1_000.0;
        let opened =
            JsFuture::from(port().open_database(&self.name, schema::FORMAT, &genesis, patience, lost.as_ref())).await;
        let database = opened.map_err(|thrown| Failure::from_js(thrown).into_storage_error())?;
        let handle = Rc::new(Handle { database, _lost: lost });
        // Another caller may have opened it meanwhile, or closed the store; then this handle goes.
        if let Some(current) = self.current()? {
            return Ok(current);
        }
        if !port().is_complete(&handle.database) {
            return Err(StorageError::new(
                StorageErrorKind::UnsupportedFormat,
                "the database lacks stores of this version: it belongs to something else or to another version",
            ));
        }
        self.generation.set(number);
        *self.state.borrow_mut() = State::Open(Rc::clone(&handle));
        Ok(handle)
    }

    /// Drops a handle that failed, unless a newer one has taken its place.
    pub(super) fn lose(&self, failed: &Rc<Handle>) {
        let mut state = self.state.borrow_mut();
        if matches!(&*state, State::Open(handle) if Rc::ptr_eq(handle, failed)) {
            *state = State::Lost;
        }
    }

    /// Does a transaction. If the handle turns out to be dead it is opened again and the transaction is done once more: only for
    /// transactions that may be repeated.
    pub(super) async fn call(&self, transaction: &dyn Fn(&JsValue) -> Promise) -> Result<JsValue, StorageError> {
        let mut repeated = false;
        loop {
            let handle = self.handle(None).await?;
            let thrown = match JsFuture::from(transaction(&handle.database)).await {
                Ok(result) => return Ok(result),
                Err(thrown) => Failure::from_js(thrown),
            };
            if thrown.kind != FailureKind::Lost || repeated {
                return Err(thrown.into_storage_error());
            }
            self.lose(&handle);
            repeated = true;
        }
    }

    fn current(&self) -> Result<Option<Rc<Handle>>, StorageError> {
        match &*self.state.borrow() {
            State::Open(handle) => Ok(Some(Rc::clone(handle))),
            State::Lost => Ok(None),
            State::Superseded => Err(StorageError::new(
                StorageErrorKind::Superseded,
                "a newer version has taken the database over: reload the page",
            )),
            State::Closed => Err(StorageError::closed()),
        }
    }
}

/// The handle is dead. Deleted or lost: the next use opens it again, or finds no log and says so. Upgraded: a newer version owns it.
fn leave(state: &Weak<RefCell<State>>, superseded: bool) {
    let Some(state) = state.upgrade() else { return };
    let mut state = state.borrow_mut();
    if matches!(&*state, State::Open(_)) {
        *state = if superseded { State::Superseded } else { State::Lost };
    }
}
