use std::fmt::Write as _;

use super::body::{missing, read_object};
use crate::core::{Head, InvalidInput};

/// What a server says of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogInfo {
    /// Where it ends.
    pub head: Head,
    /// Whether it takes imports only.
    pub is_mirror: bool,
}

/// Writes what is said of a log.
pub fn write_log_info(out: &mut String, info: &LogInfo) {
    out.push_str("{\"head\":");
    info.head.write_json(out);
    // Writing to a String does not fail.
    let _ = write!(out, ",\"mirror\":{}}}", info.is_mirror);
}

/// Reads what [`write_log_info`] writes.
///
/// # Errors
///
/// Names the member that is missing, unknown or malformed.
pub fn read_log_info(text: &str) -> Result<LogInfo, InvalidInput> {
    let (mut head, mut is_mirror) = (None, None);
    read_object(text, &["head", "mirror"], &mut |cursor, name| {
        match name {
            "head" => head = Some(Head::read_json(cursor)?),
            _ => is_mirror = Some(cursor.boolean()?),
        }
        Ok(())
    })?;
    Ok(LogInfo {
        head: head.ok_or_else(|| missing("head"))?,
        is_mirror: is_mirror.ok_or_else(|| missing("mirror"))?,
    })
}
