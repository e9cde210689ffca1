use std::{cell::RefCell, rc::Rc};

use js_sys::Promise;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use super::{any_storage::AnyStorage, failure::Failure, operations::Pending, results, store::promise};
use crate::{
    core::InvalidInput,
    engine::{Export, Import},
};

/// What one call at a time works on; nothing is borrowed while it does.
struct Taken<T>(Rc<RefCell<Option<T>>>);

impl<T> Taken<T> {
    fn new(value: T) -> Self {
        Self(Rc::new(RefCell::new(Some(value))))
    }

    fn take(&self) -> Result<T, InvalidInput> {
        let value = self.0.borrow_mut().take();
        value.ok_or_else(|| InvalidInput::argument("call", "comes while another one is under way or after the end"))
    }

    fn put_back(&self, value: T) {
        *self.0.borrow_mut() = Some(value);
    }
}

impl<T> Clone for Taken<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

#[wasm_bindgen]
pub struct RawExport {
    export: Taken<Export<AnyStorage>>,
}

impl RawExport {
    pub(super) fn new(export: Export<AnyStorage>) -> Self {
        Self {
            export: Taken::new(export),
        }
    }
}

#[wasm_bindgen]
impl RawExport {
    pub fn next(&self) -> Promise {
        let taken = self.export.clone();
        promise(Ok(Box::pin(async move {
            let mut export = taken.take()?;
            let page = export.page().await?;
            taken.put_back(export);
            Ok(page.map_or(JsValue::UNDEFINED, JsValue::from))
        })))
    }
}

#[wasm_bindgen]
pub struct RawImport {
    import: Taken<Import<AnyStorage>>,
}

impl RawImport {
    pub(super) fn new(import: Import<AnyStorage>) -> Self {
        Self {
            import: Taken::new(import),
        }
    }
}

#[wasm_bindgen]
impl RawImport {
    pub fn push(&self, lines: String) -> Promise {
        let taken = self.import.clone();
        promise(Ok(Box::pin(async move {
            let mut import = taken.take()?;
            for line in lines.split_inclusive('\n') {
                let pushed = import.push(line).await;
                pushed.map_err(|error| Failure::of_import(error, &import.progress()))?;
            }
            let progress = results::import_progress(&import.progress());
            taken.put_back(import);
            Ok(progress.into())
        })))
    }

    pub fn finish(&self, as_mirror: bool) -> Promise {
        let taken = self.import.clone();
        promise(Ok(Box::pin(async move {
            let mut import = taken.take()?;
            let finished = import.finish(as_mirror).await;
            let progress = finished.map_err(|error| Failure::of_import(error, &import.progress()))?;
            Ok(results::import_progress(&progress).into())
        }) as Pending))
    }
}
