use std::fmt::Write as _;

use super::line::FORMAT;
use crate::core::{
    Head,
    record::{AppendKind, Record},
};

/// Writes the first line: the place that the export continues; none for the beginning of the log.
pub fn write_export_header(out: &mut String, after: Option<&Head>) {
    // Writing to a String does not fail.
    let _ = write!(out, "{{\"foldlogExport\":{FORMAT},\"after\":");
    match after {
        Some(after) => after.write_json(out),
        None => out.push_str("null"),
    }
    out.push_str("}\n");
}

/// Writes append `index` of a record as one line. The record must hold nothing that this version does not know.
pub fn write_export_entry(out: &mut String, record: &Record, index: usize) {
    let directory = record.directory();
    let append = &directory.appends[index];
    let first = directory.sequence_number(append.first_event);
    let _ = write!(
        out,
        "{{\"firstSequenceNumber\":{first},\"recordedAt\":\"{}\",\"link\":\"{}\",",
        append.recorded_at, append.link
    );
    match append.kind {
        AppendKind::EpochChange(epoch) => {
            let _ = write!(out, "\"epoch\":\"{epoch}\"");
        }
        AppendKind::Events => {
            out.push_str("\"events\":[");
            for event in append.first_event..append.first_event + append.event_count {
                if event > append.first_event {
                    out.push(',');
                }
                out.push_str(record.event_text(event));
            }
            out.push(']');
        }
    }
    out.push_str("}\n");
}

/// Writes the last line: without it an export is incomplete.
pub fn write_export_end(out: &mut String, end: &Head) {
    out.push_str("{\"end\":");
    end.write_json(out);
    out.push_str("}\n");
}
