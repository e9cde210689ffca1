//! One log, as one handle has it open.

#[expect(clippy::module_inception, reason = "the folder is about logs, the file is the log")]
mod log;
mod name;
mod open;

pub(crate) use log::Log;
pub use name::LogName;
pub use open::OpenLog;
pub(crate) use open::open_log;
