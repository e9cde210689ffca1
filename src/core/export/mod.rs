//! Export and import: a log as JSON Lines, one line an append, with the links that prove it. `docs/export-format.md` describes it.

mod check;
mod entry;
mod line;
mod reader;
mod write;

pub use check::check_import;
pub use entry::ExportEntry;
pub use reader::{ExportItem, ExportReader};
pub use write::{write_export_end, write_export_entry, write_export_header};
