//! Who calls, what they may do, and how much of it.

mod caller;
mod rates;
mod rights;
mod tokens;

pub(crate) use caller::{Caller, Permission};
pub use rates::RateOptions;
pub(crate) use rates::{Limited, Rates};
pub use rights::Right;
pub(crate) use tokens::{Refused, Tokens};
pub use tokens::{TokenAlgorithm, TokenKey, TokenOptions};
