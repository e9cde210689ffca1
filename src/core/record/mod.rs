//! Records: how whole appends are stored, and the proof that a chain of them is intact.
//!
//! A record is a binary [`Directory`] and one text, the events' JSON separated by commas. `docs/storage-format.md` gives every byte.

mod builder;
mod bytes;
mod checked;
mod damaged;
mod decode;
mod derived;
mod directory;
mod encode;
mod excerpt;
#[expect(
    clippy::module_inception,
    reason = "the folder is about records, the file is the record"
)]
mod record;
mod verify;

pub use builder::RecordBuilder;
pub use checked::{checked, checksum, read_checked};
pub use damaged::{DamagedRecord, DamagedRecordDetails};
pub use derived::Derived;
pub use directory::{AppendEntry, AppendKind, Directory, EventEntry};
pub use excerpt::{Excerpt, ExcerptEntry};
pub use record::Record;
pub use verify::{ChainFault, ChainVerifier, Verification};
