use std::{
    cell::{Cell, RefCell},
    future::Future,
    pin::Pin,
    rc::{Rc, Weak},
    sync::Arc,
    time::Duration,
};

use wasm_bindgen::{JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

use super::{
    port::{Failure, FailureKind, Transaction, databases, list},
    schema,
};
use crate::{
    core::record::Record,
    environment::Environment,
    storage::{StorageError, StorageErrorKind},
};

/// The way to one database: holds the handle, drops it when it dies and opens it again when it is needed.
pub(super) struct Connection {
    name: String,
    open_timeout: Duration,
    status: Rc<Status>,
    /// How many times a handle was opened; a change means that what was known has to be proved again.
    generation: Rc<Cell<u64>>,
}

/// The state of the handle, and who is told when it changes.
struct Status {
    state: RefCell<State>,
    environment: Arc<dyn Environment>,
}

impl Status {
    fn set(&self, state: State) {
        drop(self.state.replace(state));
        self.environment.health_changed();
    }
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

/// Why a transaction did not succeed.
pub(super) enum Failed {
    /// There is no handle.
    Open(StorageError),
    /// The browser failed.
    Transaction(Failure),
}

impl From<Failed> for StorageError {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Open(error) => error,
            Failed::Transaction(failure) => failure.into_storage_error(),
        }
    }
}

impl Handle {
    /// The `IDBDatabase`.
    pub(super) fn database(&self) -> &JsValue {
        &self.database
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        databases().release(&self.database);
    }
}

impl Connection {
    pub(super) fn new(name: &str, open_timeout: Duration, environment: Arc<dyn Environment>) -> Self {
        Self {
            name: name.to_owned(),
            open_timeout,
            status: Rc::new(Status {
                state: RefCell::new(State::Lost),
                environment,
            }),
            generation: Rc::new(Cell::new(0)),
        }
    }

    /// How many times a handle was opened.
    pub(super) fn generation(&self) -> u64 {
        self.generation.get()
    }

    /// The word for the handle's state in `health()`.
    pub(super) fn state(&self) -> &'static str {
        match *self.status.state.borrow() {
            State::Open(_) => "open",
            State::Lost => "lost",
            State::Superseded => "superseded",
            State::Closed => "closed",
        }
    }

    /// Lets the handle go; transactions under way end first.
    pub(super) fn close(&self) {
        self.status.set(State::Closed);
    }

    /// A live handle, opened again if it was lost; with `genesis` the database is created if it does not exist.
    pub(super) async fn handle(&self, genesis: Option<&Record>) -> Result<Rc<Handle>, StorageError> {
        match self.current()? {
            Some(handle) => Ok(handle),
            None => self.open(genesis).await,
        }
    }

    fn open<'a>(
        &'a self,
        genesis: Option<&'a Record>,
    ) -> Pin<Box<dyn Future<Output = Result<Rc<Handle>, StorageError>> + 'a>> {
        Box::pin(self.open_now(genesis))
    }

    async fn open_now(&self, genesis: Option<&Record>) -> Result<Rc<Handle>, StorageError> {
        let status = Rc::downgrade(&self.status);
        let number = self.generation.get() + 1;
        let current = Rc::clone(&self.generation);
        let lost = Closure::<dyn FnMut(bool)>::new(move |superseded| {
            // An older handle that is still in use somewhere has nothing to say any more.
            if current.get() == number {
                leave(&status, superseded);
            }
        });
        let genesis = genesis.map_or(JsValue::UNDEFINED, |record| {
            list(&[schema::record_value(record), 0.into()]).into()
        });
        let patience = self.open_timeout.as_secs_f64() * 1_000.0;
        let open = || databases().open(&self.name, schema::FORMAT, &genesis, patience, lost.as_ref());
        let mut opened = JsFuture::from(open()).await.map_err(Failure::from_js);
        if opened.as_ref().is_err_and(|failure| failure.kind == FailureKind::Lost) {
            // Browsers fail so once in a while, above all right after they were killed; the second time it is an answer.
            opened = JsFuture::from(open()).await.map_err(Failure::from_js);
        }
        let database = opened.map_err(Failure::into_storage_error)?;
        let handle = Rc::new(Handle { database, _lost: lost });
        // Another caller may have opened it meanwhile, or closed the store; then this handle goes.
        if let Some(current) = self.current()? {
            return Ok(current);
        }
        if !databases().is_complete(&handle.database) {
            return Err(StorageError::new(
                StorageErrorKind::UnsupportedFormat,
                "the database lacks stores of this version: it belongs to something else or to another version",
            ));
        }
        self.generation.set(number);
        self.status.set(State::Open(Rc::clone(&handle)));
        Ok(handle)
    }

    /// Drops a handle that failed, unless a newer one has taken its place.
    pub(super) fn lose(&self, failed: &Rc<Handle>) {
        let is_current = matches!(&*self.status.state.borrow(), State::Open(handle) if Rc::ptr_eq(handle, failed));
        if is_current {
            self.status.set(State::Lost);
        }
    }

    /// Does a transaction on the handle that there is. If that turns out to be dead it is dropped, so that the next use opens it again;
    /// what was known has to be proved then, so nothing is repeated here.
    pub(super) fn call<'a>(
        &'a self,
        transaction: &'a Transaction,
    ) -> Pin<Box<dyn Future<Output = Result<JsValue, Failed>> + 'a>> {
        Box::pin(async move {
            let handle = self.handle(None).await.map_err(Failed::Open)?;
            JsFuture::from(transaction.run(&handle.database))
                .await
                .map_err(|thrown| {
                    let failure = Failure::from_js(thrown);
                    if failure.kind == FailureKind::Lost {
                        self.lose(&handle);
                    }
                    Failed::Transaction(failure)
                })
        })
    }

    fn current(&self) -> Result<Option<Rc<Handle>>, StorageError> {
        match &*self.status.state.borrow() {
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
fn leave(status: &Weak<Status>, superseded: bool) {
    let Some(status) = status.upgrade() else { return };
    let is_open = matches!(&*status.state.borrow(), State::Open(_));
    if is_open {
        status.set(if superseded { State::Superseded } else { State::Lost });
    }
}
