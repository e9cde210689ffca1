//! `Send` and `Sync` where there are threads.

use std::{future::Future, pin::Pin};

/// `Send` natively; nothing in a browser, where futures stay on their thread.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub trait MaybeSend: Send {}
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
impl<T: Send + ?Sized> MaybeSend for T {}

/// `Send` natively; nothing in a browser, where futures stay on their thread.
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub trait MaybeSend {}
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
impl<T: ?Sized> MaybeSend for T {}

/// `Sync` natively; nothing in a browser.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub trait MaybeSync: Sync {}
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
impl<T: Sync + ?Sized> MaybeSync for T {}

/// `Sync` natively; nothing in a browser.
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub trait MaybeSync {}
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
impl<T: ?Sized> MaybeSync for T {}

/// Work on something borrowed: `Send` natively.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub type Waiting<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
/// Work on something borrowed: `Send` natively.
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub type Waiting<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;
