use crate::core::EventId;

/// What a backend derives from the records of a log, as far as [`Storage::check_derived`](crate::storage::Storage::check_derived) has checked it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Derived {
    /// How many values.
    pub values: u64,
    /// Whether something was derived from records after they had been checked.
    pub has_gap: bool,
    /// Where the last of these records ends.
    pub to: u64,
    /// The largest time-ordered id of these records.
    pub largest_id: Option<EventId>,
    /// The checksums of the keys of their index of ids, combined.
    pub index_keys: u64,
}
