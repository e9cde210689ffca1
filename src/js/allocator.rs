use rlsf::GlobalTlsf;

/// Two-level segregated fit, with pools that coalesce: a third of the code of the standard library's allocator, and constant time.
#[global_allocator]
static ALLOCATOR: GlobalTlsf = GlobalTlsf::new();
