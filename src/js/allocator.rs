use rlsf::{GlobalTlsf, GlobalTlsfOptions};

/// Two-level segregated fit: a third of the code of the standard library's allocator, and constant time.
#[global_allocator]
static ALLOCATOR: GlobalTlsf<Options> = GlobalTlsf::new();

/// Pools that follow each other become one, so that a freed page of megabytes makes room for any other.
struct Options;

impl GlobalTlsfOptions for Options {
    const ENABLE_REALLOCATION: bool = true;
    const COALESCE_POOLS: bool = true;
}
