//! What the fuzz targets have in common: the properties of `tests/fuzz_properties`, compiled once for all of them.
#![allow(clippy::unwrap_used, reason = "what does not hold is told by panicking")]

#[path = "../../tests/fuzz_properties/properties/mod.rs"]
mod properties;

/// Runs an input of the target with this name; panics if something does not hold.
pub fn hold(target: &str, data: &[u8]) {
    properties::hold(target, data);
}
