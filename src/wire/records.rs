use super::body::{missing, read_object};
use crate::{
    core::{
        InvalidInput, Link,
        append::Durability,
        export::{ExportItem, ExportReader, write_export_end, write_export_entry, write_export_header},
        record::{AppendKind, Record, RecordBuilder},
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
/// Names the line and the member that is malformed or does not fit the chain, or the step that the record is not for.
pub fn read_import(text: &str) -> Result<ImportRequest, InvalidInput> {
    let (first, lines) = text.split_once('\n').unwrap_or((text, ""));
    let mut step = None;
    read_object(first, &["step"], &mut |cursor, _| {
        let word = cursor.string()?;
        let found = STEPS.into_iter().find(|step| word_of(*step) == word);
        step = Some(found.ok_or("is neither \"begin\", \"continue\" nor \"finish\"")?);
        Ok(())
    })?;
    let step = step.ok_or_else(|| missing("step"))?;
    let record = read_records(lines)?.ok_or_else(|| InvalidInput::argument("body", "holds no appends"))?;
    match step {
        ImportStep::Begin if !begins_a_log(&record) => {
            let reason = "is \"begin\", but what follows does not begin with the genesis of a log";
            Err(InvalidInput::argument("step", reason))
        }
        ImportStep::Finish if !is_a_change_of_epoch(&record) => {
            let reason = "is \"finish\", but what follows is not one change of epoch";
            Err(InvalidInput::argument("step", reason))
        }
        _ => Ok(ImportRequest { record, step }),
    }
}

fn begins_a_log(record: &Record) -> bool {
    let directory = record.directory();
    let first = directory.appends.first();
    directory.before.link == Link::NONE && first.is_some_and(|append| append.kind != AppendKind::Events)
}

fn is_a_change_of_epoch(record: &Record) -> bool {
    let appends = &record.directory().appends;
    appends.len() == 1 && appends.iter().all(|append| append.kind != AppendKind::Events)
}

const STEPS: [ImportStep; 3] = [ImportStep::Begin, ImportStep::Continue, ImportStep::Finish];

fn word_of(step: ImportStep) -> &'static str {
    match step {
        ImportStep::Begin => "begin",
        ImportStep::Continue => "continue",
        ImportStep::Finish => "finish",
    }
}
