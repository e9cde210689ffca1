use crate::core::{
    Digest, Epoch, Head, InvalidInput, JsonCursor, Link, MAX_JSON_DEPTH, Timestamp, event::RecordedEvent,
};

/// The only format number so far.
pub(super) const FORMAT: u64 = 1;

/// What a line of an export says.
pub(super) enum ExportLine {
    /// The first line: the place that the export continues; none for the beginning of the log.
    Header(Option<Head>),
    /// An append, or a change of epoch.
    Entry(EntryLine),
    /// The last line: the place where the export ends.
    End(Head),
    /// The first line of a later format.
    Unsupported(u64),
}

/// An append or, with `epoch`, a change of epoch, as it is written.
pub(super) struct EntryLine {
    pub(super) first_sequence_number: u64,
    pub(super) recorded_at: Timestamp,
    pub(super) link: Link,
    pub(super) epoch: Option<Epoch>,
    pub(super) events: Vec<(RecordedEvent, Digest)>,
}

const MEMBERS: [&str; 8] = [
    "foldlogExport",
    "after",
    "firstSequenceNumber",
    "recordedAt",
    "link",
    "epoch",
    "events",
    "end",
];

/// What an export follows.
enum Follows {
    Nothing,
    Place(Head),
}

#[derive(Default)]
struct Fields {
    format: Option<u64>,
    after: Option<Follows>,
    first_sequence_number: Option<u64>,
    recorded_at: Option<Timestamp>,
    link: Option<Link>,
    epoch: Option<Epoch>,
    events: Option<Vec<(RecordedEvent, Digest)>>,
    end: Option<Head>,
}

impl ExportLine {
    /// Reads a line, which says one thing only.
    pub(super) fn read(text: &str) -> Result<Self, InvalidInput> {
        let mut fields = Fields::default();
        let mut cursor = JsonCursor::new(text);
        let read = cursor.members(&MEMBERS, &mut |cursor, name| fields.read(cursor, name));
        if let Some(format) = fields.format.filter(|format| *format != FORMAT) {
            return Ok(Self::Unsupported(format));
        }
        read?;
        cursor.end()?;
        fields.into_line()
    }
}

impl Fields {
    fn read(&mut self, cursor: &mut JsonCursor<'_>, name: &str) -> Result<(), InvalidInput> {
        match name {
            "foldlogExport" => {
                let format = cursor.integer()?;
                self.format = Some(format);
                if format != FORMAT {
                    // What follows the number is another format's.
                    return Err("is of a later format".into());
                }
            }
            "after" => {
                self.after = Some(if cursor.null() {
                    Follows::Nothing
                } else {
                    Follows::Place(Head::read_json(cursor)?)
                });
            }
            "firstSequenceNumber" => self.first_sequence_number = Some(cursor.integer()?),
            "recordedAt" => self.recorded_at = Some(cursor.text(Timestamp::parse)?),
            "link" => self.link = Some(cursor.text(Link::parse)?),
            "epoch" => self.epoch = Some(cursor.text(Epoch::parse)?),
            "events" => self.events = Some(read_events(cursor)?),
            _ => self.end = Some(Head::read_json(cursor)?),
        }
        Ok(())
    }

    fn into_line(self) -> Result<ExportLine, InvalidInput> {
        match self {
            Self {
                format: Some(_),
                after: Some(after),
                first_sequence_number: None,
                recorded_at: None,
                link: None,
                epoch: None,
                events: None,
                end: None,
            } => Ok(ExportLine::Header(match after {
                Follows::Nothing => None,
                Follows::Place(head) => Some(head),
            })),
            Self {
                format: None,
                after: None,
                first_sequence_number: Some(first_sequence_number),
                recorded_at: Some(recorded_at),
                link: Some(link),
                epoch,
                events,
                end: None,
            } if epoch.is_some() != events.is_some() => Ok(ExportLine::Entry(EntryLine {
                first_sequence_number,
                recorded_at,
                link,
                epoch,
                events: events.unwrap_or_default(),
            })),
            Self {
                format: None,
                after: None,
                first_sequence_number: None,
                recorded_at: None,
                link: None,
                epoch: None,
                events: None,
                end: Some(end),
            } => Ok(ExportLine::End(end)),
            _ => Err("is neither the header nor an append nor the end of an export".into()),
        }
    }
}

fn read_events(cursor: &mut JsonCursor<'_>) -> Result<Vec<(RecordedEvent, Digest)>, InvalidInput> {
    let mut events = Vec::new();
    let mut spelled = String::new();
    let mut first = true;
    cursor.begin_array()?;
    while cursor.next_element(&mut first)? {
        let place = || format!("[{}]", events.len());
        // The payloads are one level down in their event.
        let text = cursor.value(MAX_JSON_DEPTH + 1)?;
        let event = RecordedEvent::read_json(text).map_err(|reason| InvalidInput::from(reason).within(&place()))?;
        spelled.clear();
        event.write_json(&mut spelled);
        if spelled != text {
            return Err(InvalidInput::from("is not spelled as it was stored").within(&place()));
        }
        let digest = event.content.digest();
        events.push((event, digest));
    }
    if events.is_empty() {
        return Err("is empty; an append has at least one event".into());
    }
    Ok(events)
}
