use std::{future::Future, pin::Pin};

use js_sys::Array;
use wasm_bindgen::JsValue;

use super::{log::Log, port::Transaction};
use crate::{core::read::EventPage, storage::StorageError};

/// Work of several transactions, as a machine without IO; [`Log::work`] does it.
///
/// One loop awaits for all work, so that what a piece of work keeps between its transactions is a plain value.
pub(super) trait Work {
    /// The next transaction; none when the work is done.
    fn next(&mut self, log: &Log) -> Result<Option<Transaction>, StorageError>;

    /// Takes the answer of the transaction that was asked for.
    fn take(&mut self, log: &Log, answer: &Array) -> Result<(), StorageError>;
}

/// Work that reads a page.
pub(super) trait ReadPage: Work {
    /// The page, when the work is done.
    fn page(self: Box<Self>) -> EventPage;
}

/// What a transaction answered.
pub(super) struct Answer {
    pub(super) value: JsValue,
    /// Whether it was done twice, since the first handle died: the first time may have succeeded.
    pub(super) repeated: bool,
}

/// What is awaited in many places; boxed, so that each of them holds a pointer.
pub(super) type Waiting<'a, T> = Pin<Box<dyn Future<Output = Result<T, StorageError>> + 'a>>;
