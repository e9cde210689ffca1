use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::path::log_segment;

/// What stands for a log's name in the server's own log: names may be personal.
pub(crate) fn log_hash(path: &str) -> Option<String> {
    let name = percent_encoding::percent_decode_str(log_segment(path)?);
    let bytes: Vec<u8> = name.collect();
    let mut hash = String::new();
    for byte in &Sha256::digest(bytes)[..6] {
        // Writing to a String does not fail.
        let _ = write!(hash, "{byte:02x}");
    }
    Some(hash)
}
