use std::{
    cell::{Cell, RefCell},
    future::Future,
    pin::Pin,
    rc::{Rc, Weak},
    sync::Arc,
    time::Duration,
};

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, IdbDatabase, IdbVersionChangeEvent};

use super::{
    port::{Create, Failure, FailureKind, Mode, Opened, Transaction, open_database},
    schema,
    trouble::Trouble,
};
use crate::{
    environment::Environment,
    storage::{StorageError, StorageErrorKind},
};

/// The way to one database: holds the handle, drops it when it dies and opens it again when it is needed.
pub(super) struct Connection {
    name: String,
    environment: Arc<dyn Environment>,
    open_timeout: Duration,
    state: Rc<RefCell<State>>,
    /// How many times a handle was opened; a change means that what was known has to be proved again.
    generation: Cell<u64>,
}

enum State {
    Open(Rc<Handle>),
    /// The handle died or was never there; the next use opens it.
    Lost,
    Superseded,
    Closed,
}

/// Work inside a transaction.
type Step<'a> = &'a dyn Fn(Rc<Transaction>) -> Pin<Box<dyn Future<Output = Result<(), Trouble>> + 'a>>;

/// An open handle with the listeners that tell its end.
pub(super) struct Handle {
    database: IdbDatabase,
    listeners: RefCell<Option<(Closure<dyn FnMut(Event)>, Closure<dyn FnMut(IdbVersionChangeEvent)>)>>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.database.set_onclose(None);
        self.database.set_onversionchange(None);
        // Lets transactions under way end; a handle that is dead already takes it as well.
        self.database.close();
    }
}

impl Connection {
    pub(super) fn new(name: &str, environment: Arc<dyn Environment>, open_timeout: Duration) -> Self {
        Self {
            name: name.to_owned(),
            environment,
            open_timeout,
            state: Rc::new(RefCell::new(State::Lost)),
            generation: Cell::new(0),
        }
    }

    /// Opens the database for the first time; creates it with `create` if there is none. Says whether it was created.
    pub(super) async fn open(&self, create: Option<Create>) -> Result<bool, StorageError> {
        let patience = self.environment.sleep(self.open_timeout);
        let opened = open_database(&self.name, create, patience)
            .await
            .map_err(|failure| failure.into_storage_error(None))?;
        let created = opened.created;
        self.adopt(opened)?;
        Ok(created)
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

    /// A live handle, opened again if it was lost.
    pub(super) async fn handle(&self) -> Result<Rc<Handle>, StorageError> {
        if let Some(handle) = self.current()? {
            return Ok(handle);
        }
        let patience = self.environment.sleep(self.open_timeout);
        let opened = open_database(&self.name, None, patience)
            .await
            .map_err(|failure| failure.into_storage_error(None))?;
        // Another caller may have opened it meanwhile, or closed the store.
        match self.current() {
            Ok(None) => self.adopt(opened),
            other => {
                opened.database.close();
                other?.ok_or_else(StorageError::closed)
            }
        }
    }

    /// Drops a handle that failed, unless a newer one has taken its place.
    pub(super) fn lose(&self, failed: &Rc<Handle>) {
        let mut state = self.state.borrow_mut();
        if matches!(&*state, State::Open(handle) if Rc::ptr_eq(handle, failed)) {
            *state = State::Lost;
        }
    }

    /// Does the work in a transaction. If the handle turns out to be dead it is opened again and the work is done once more: only
    /// for work that may be repeated.
    pub(super) async fn repeatable<T>(
        &self,
        stores: &[&str],
        mode: Mode,
        work: impl AsyncFn(&Transaction) -> Result<T, Trouble>,
    ) -> Result<T, StorageError> {
        let output = RefCell::new(None);
        let (work, kept) = (&work, &output);
        let step: Step<'_> = &move |transaction| {
            Box::pin(async move {
                let done = work(&transaction).await?;
                *kept.borrow_mut() = Some(done);
                Ok(())
            })
        };
        self.repeat(stores, mode, step).await?;
        // A step that succeeded has left its output.
        output.take().ok_or_else(StorageError::closed)
    }

    /// As [`Connection::repeatable`] for work of one type, so that it stands in the wasm once.
    async fn repeat(&self, stores: &[&str], mode: Mode, step: Step<'_>) -> Result<(), StorageError> {
        let mut repeated = false;
        loop {
            let handle = self.handle().await?;
            match handle.work(stores, mode, step).await {
                Err(Trouble::Browser(failure)) if failure.kind == FailureKind::Lost && !repeated => {
                    self.lose(&handle);
                    repeated = true;
                }
                other => return other.map_err(Trouble::into_storage_error),
            }
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

    fn adopt(&self, opened: Opened) -> Result<Rc<Handle>, StorageError> {
        if !schema::is_complete(&opened.database) {
            opened.database.close();
            return Err(StorageError::new(
                StorageErrorKind::UnsupportedFormat,
                "the database lacks stores of this version: it belongs to something else or to another version",
            ));
        }
        let handle = Rc::new(Handle {
            database: opened.database,
            listeners: RefCell::new(None),
        });
        handle.listen(&Rc::downgrade(&self.state));
        self.generation.set(self.generation.get() + 1);
        *self.state.borrow_mut() = State::Open(Rc::clone(&handle));
        Ok(handle)
    }
}

impl Handle {
    /// Begins a transaction.
    pub(super) fn begin(&self, stores: &[&str], mode: Mode) -> Result<Transaction, Failure> {
        Transaction::begin(&self.database, stores, mode)
    }

    async fn work(&self, stores: &[&str], mode: Mode, step: Step<'_>) -> Result<(), Trouble> {
        let transaction = Rc::new(self.begin(stores, mode)?);
        if let Err(trouble) = step(Rc::clone(&transaction)).await {
            transaction.abort();
            return Err(trouble);
        }
        if mode != Mode::Read {
            transaction.completed(None).await?;
        }
        Ok(())
    }

    fn listen(self: &Rc<Self>, state: &Weak<RefCell<State>>) {
        let closed = {
            let (this, state) = (Rc::downgrade(self), state.clone());
            Closure::<dyn FnMut(Event)>::new(move |_: Event| leave(&this, &state, State::Lost))
        };
        let version_change = {
            let (this, state) = (Rc::downgrade(self), state.clone());
            Closure::<dyn FnMut(IdbVersionChangeEvent)>::new(move |event: IdbVersionChangeEvent| {
                // Deleted: the next use finds no log and says so. Upgraded: a newer version owns it now.
                let next = if event.new_version().is_none() {
                    State::Lost
                } else {
                    State::Superseded
                };
                leave(&this, &state, next);
            })
        };
        self.database.set_onclose(Some(closed.as_ref().unchecked_ref()));
        self.database
            .set_onversionchange(Some(version_change.as_ref().unchecked_ref()));
        *self.listeners.borrow_mut() = Some((closed, version_change));
    }
}

fn leave(handle: &Weak<Handle>, state: &Weak<RefCell<State>>, next: State) {
    let (Some(handle), Some(state)) = (handle.upgrade(), state.upgrade()) else {
        return;
    };
    // Waits for transactions under way; whoever wants to delete or upgrade waits for them too.
    handle.database.close();
    let mut state = state.borrow_mut();
    if matches!(&*state, State::Open(current) if Rc::ptr_eq(current, &handle)) {
        *state = next;
    }
}
