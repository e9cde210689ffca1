use super::body::{missing, read_object};
use crate::{
    core::{
        InvalidInput, Link,
        append::Durability,
        export::{ExportItem, ExportReader, write_export_end, write_export_entry, write_export_header},
        record::{Record, RecordBuilder},
    },
    storage::{ImportRequest, ImportStep},
};

/// Writes consecutive records as an export of their own, whose end tells that nothing was cut off; nothing for no records.
///
/// They must hold nothing that this version does not know.
pub fn write_records(out: &mut String, records: &[Record]) {
    let (Some(first), Some(last)) = (records.first(), records.last()) else {
        return;
    };
    let before = &first.directory().before;
    write_export_header(out, (before.link != Link::NONE).then_some(before));
    for record in records {
        for index in 0..record.directory().appends.len() {
            write_export_entry(out, record, index);
        }
    }
    write_export_end(out, &last.directory().head());
}

/// Reads what [`write_records`] writes, with every link proved, as one record; none for nothing.
///
/// # Errors
///
/// Names the line and the member that is malformed or does not fit the chain.
pub fn read_records(text: &str) -> Result<Option<Record>, InvalidInput> {
    if text.is_empty() {
        return Ok(None);
    }
    let mut reader = ExportReader::new();
    let mut building: Option<RecordBuilder> = None;
    for line in text.lines() {
        match reader.read(line)? {
            ExportItem::Entry(entry) => {
                let builder = building.get_or_insert_with(|| RecordBuilder::after(&entry.before));
                entry.push_to(builder, Durability::Remote)?;
            }
            ExportItem::Unsupported(format) => {
                return Err(InvalidInput::argument(
                    "foldlogExport",
                    format!("is {format}; this version reads 1"),
                ));
            }
            ExportItem::Header(_) | ExportItem::End(_) => {}
        }
    }
    if reader.end().is_none() {
        return Err(missing("end"));
    }
    Ok(building.map(RecordBuilder::finish))
}

/// Writes a record to import: a line with the step, then the record as an export.
pub fn write_import(out: &mut String, request: &ImportRequest) {
    out.push_str("{\"step\":\"");
    out.push_str(word_of(request.step));
    out.push_str("\"}\n");
    write_records(out, std::slice::from_ref(&request.record));
}

/// Reads what [`write_import`] writes.
///
/// # Errors
///
/// Names the line and the member that is malformed or does not fit the chain.
pub fn read_import(text: &str) -> Result<ImportRequest, InvalidInput> {
    let (first, lines) = text.split_once('\n').unwrap_or((text, ""));
    let mut step = None;
    read_object(first, &["step"], &mut |cursor, _| {
        let word = cursor.string()?;
        let found = STEPS.into_iter().find(|step| word_of(*step) == word);
        step = Some(found.ok_or("is neither \"begin\", \"continue\" nor \"finish\"")?);
        Ok(())
    })?;
    Ok(ImportRequest {
        step: step.ok_or_else(|| missing("step"))?,
        record: read_records(lines)?.ok_or_else(|| InvalidInput::argument("body", "holds no appends"))?,
    })
}

const STEPS: [ImportStep; 3] = [ImportStep::Begin, ImportStep::Continue, ImportStep::Finish];

fn word_of(step: ImportStep) -> &'static str {
    match step {
        ImportStep::Begin => "begin",
        ImportStep::Continue => "continue",
        ImportStep::Finish => "finish",
    }
}
