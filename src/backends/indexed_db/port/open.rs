use std::{cell::Cell, future::Future, pin::pin, rc::Rc, task::Poll};

use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Event, IdbDatabase, IdbFactory, IdbOpenDbRequest, IdbTransaction, IdbVersionChangeEvent};

use super::{Failure, FailureKind, request::failure_of, signal::Signal};
use crate::environment::BoxFuture;

/// An open database.
pub(crate) struct Opened {
    pub(crate) database: IdbDatabase,
    /// Whether this call created it.
    pub(crate) created: bool,
}

/// Opens a database at whatever version it has; creates it with `create` if it does not exist.
///
/// Without a version nothing is ever upgraded, so an older tab and a newer one can both have it open. When `patience` ends first, the
/// answer is `Blocked`, and a handle that comes later is closed.
pub(crate) async fn open_database(
    name: &str,
    create: Option<Create>,
    patience: BoxFuture<()>,
) -> Result<Opened, Failure> {
    let request = factory()?.open(name)?;
    let signal = Signal::new();
    let was_created = Rc::new(Cell::new(false));
    let not_found = Rc::new(Cell::new(false));
    let upgrade = upgrade_handler(&request, create, &was_created, &not_found);
    let ended = {
        let signal = signal.clone();
        let request = request.clone();
        Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            if event.type_() == "success" {
                signal.set(
                    request
                        .result()
                        .map(JsCast::unchecked_into::<IdbDatabase>)
                        .map_err(Failure::from_js),
                );
            } else {
                // An upgrade that was given up on purpose ends here: nothing was created.
                event.prevent_default();
                signal.set(Err(failure_of(&request)));
            }
        })
    };
    request.set_onupgradeneeded(Some(upgrade.as_ref().unchecked_ref()));
    request.set_onsuccess(Some(ended.as_ref().unchecked_ref()));
    request.set_onerror(Some(ended.as_ref().unchecked_ref()));
    match first(signal.wait(), patience).await {
        Some(Ok(database)) => Ok(Opened {
            database,
            created: was_created.get(),
        }),
        Some(Err(_)) if not_found.get() => Err(Failure::new(FailureKind::NotFound)),
        Some(Err(failure)) => Err(failure),
        None => {
            close_when_it_comes(&request);
            Err(Failure::new(FailureKind::Blocked))
        }
    }
}

fn factory() -> Result<IdbFactory, Failure> {
    let unavailable = || Failure::new(FailureKind::Unavailable);
    let factory =
        js_sys::Reflect::get(&js_sys::global(), &JsValue::from_str("indexedDB")).map_err(|_| unavailable())?;
    if factory.is_undefined() || factory.is_null() {
        Err(unavailable())
    } else {
        Ok(factory.unchecked_into())
    }
}

/// Lays out a new database inside the transaction that creates it.
pub(crate) type Create = Box<dyn FnOnce(&IdbDatabase, &IdbTransaction) -> Result<(), JsValue>>;

fn upgrade_handler(
    request: &IdbOpenDbRequest,
    create: Option<Create>,
    was_created: &Rc<Cell<bool>>,
    not_found: &Rc<Cell<bool>>,
) -> Closure<dyn FnMut(IdbVersionChangeEvent)> {
    let request = request.clone();
    let was_created = Rc::clone(was_created);
    let not_found = Rc::clone(not_found);
    let mut create = create;
    Closure::new(move |_: IdbVersionChangeEvent| {
        let Some(transaction) = request.transaction() else {
            return;
        };
        let Some(create) = create.take() else {
            not_found.set(true);
            drop(transaction.abort());
            return;
        };
        let database = request.result().map(JsCast::unchecked_into::<IdbDatabase>);
        match database.and_then(|database| create(&database, &transaction)) {
            Ok(()) => was_created.set(true),
            Err(_) => drop(transaction.abort()),
        }
    })
}

fn close_when_it_comes(request: &IdbOpenDbRequest) {
    let late = request.clone();
    let close = Closure::once_into_js(move || {
        if let Ok(database) = late.result() {
            database.unchecked_into::<IdbDatabase>().close();
        }
    });
    let late = request.clone();
    let give_up = Closure::once_into_js(move || {
        if let Some(transaction) = late.transaction() {
            drop(transaction.abort());
        }
    });
    // A creation that comes too late is given up: without its stores the database would be of no use to anybody.
    request.set_onupgradeneeded(Some(give_up.unchecked_ref()));
    request.set_onerror(None);
    request.set_onsuccess(Some(close.unchecked_ref()));
}

/// The output of `future`, or none if `limit` ends first.
async fn first<T>(future: impl Future<Output = T>, limit: BoxFuture<()>) -> Option<T> {
    let mut future = pin!(future);
    let mut limit = limit;
    std::future::poll_fn(move |context| {
        if let Poll::Ready(output) = future.as_mut().poll(context) {
            return Poll::Ready(Some(output));
        }
        limit.as_mut().poll(context).map(|()| None)
    })
    .await
}
