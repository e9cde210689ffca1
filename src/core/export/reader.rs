use super::{
    ExportEntry,
    line::{EntryLine, ExportLine},
};
use crate::core::{
    Epoch, Head, InvalidInput, Link, MAX_SAFE_INTEGER, Timestamp,
    append::{LinkedEvent, append_link, epoch_link},
    record::AppendKind,
};

/// Reads an export line by line and proves that each append continues the one before it.
pub struct ExportReader {
    state: State,
    last_recorded_at: Timestamp,
    lines: u64,
}

enum State {
    /// Nothing was read.
    Start,
    /// The place after the last line; none before genesis.
    At(Option<Head>),
    /// The last line was read.
    Ended(Head),
}

/// What a line turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExportItem {
    /// The header: the place that the export continues; none for the beginning of the log.
    Header(Option<Head>),
    /// An append or a change of epoch.
    Entry(ExportEntry),
    /// The end, at the place where the last append led to.
    End(Head),
    /// An export of a later format, with its number; nothing more can be read.
    Unsupported(u64),
}

impl ExportReader {
    /// Before the first line.
    pub fn new() -> Self {
        Self {
            state: State::Start,
            last_recorded_at: Timestamp::MIN,
            lines: 0,
        }
    }

    /// Reads the next line, without its line break.
    ///
    /// # Errors
    ///
    /// Names the line and the member: malformed, in the wrong place, or not fitting the chain; then nothing more is to be read.
    pub fn read(&mut self, line: &str) -> Result<ExportItem, InvalidInput> {
        self.lines += 1;
        let place = format!("line {}", self.lines);
        let line = ExportLine::read(line).map_err(|invalid| invalid.within(&place))?;
        self.take(line).map_err(|invalid| invalid.within(&place))
    }

    /// The place where the export ended; none if its last line is still to come.
    pub fn end(&self) -> Option<Head> {
        match self.state {
            State::Ended(head) => Some(head),
            _ => None,
        }
    }

    /// How many lines were read.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    fn take(&mut self, line: ExportLine) -> Result<ExportItem, InvalidInput> {
        match (line, &self.state) {
            (ExportLine::Unsupported(format), State::Start) => Ok(ExportItem::Unsupported(format)),
            // Else what follows could begin a log without genesis, which no export could give back.
            (ExportLine::Header(Some(after)), State::Start) if after.link == Link::NONE => Err(InvalidInput::argument(
                "after.link",
                "is 0, which no place has: an export from the beginning has null instead of a place",
            )),
            (ExportLine::Header(after), State::Start) => {
                self.state = State::At(after);
                Ok(ExportItem::Header(after))
            }
            (ExportLine::Entry(line), State::At(at)) => {
                let entry = self.prove(line, *at)?;
                self.state = State::At(Some(entry.after));
                self.last_recorded_at = entry.recorded_at;
                Ok(ExportItem::Entry(entry))
            }
            (ExportLine::End(end), State::At(at)) => {
                if *at != Some(end) {
                    return Err(InvalidInput::argument(
                        "end",
                        "is not where the appends lead: lines are missing or altered",
                    ));
                }
                self.state = State::Ended(end);
                Ok(ExportItem::End(end))
            }
            (_, State::Start) => Err("is not the header of an export".into()),
            (_, State::Ended(_)) => Err("follows the end of the export".into()),
            (_, State::At(_)) => Err("is a second header".into()),
        }
    }

    fn prove(&self, written: EntryLine, at: Option<Head>) -> Result<ExportEntry, InvalidInput> {
        let Some(before) = at.or_else(|| written.epoch.map(beginning)) else {
            return Err(InvalidInput::argument(
                "epoch",
                "is missing: a log begins with an epoch",
            ));
        };
        let refuse = |field: &str, reason: String| Err(InvalidInput::argument(field, reason));
        let expected = before.sequence_number + 1;
        if written.first_sequence_number != expected {
            return refuse(
                "firstSequenceNumber",
                format!(
                    "is {}, but {expected} follows: lines are missing",
                    written.first_sequence_number
                ),
            );
        }
        if written.recorded_at < self.last_recorded_at {
            return refuse(
                "recordedAt",
                format!("is {}, before the append that it follows", written.recorded_at),
            );
        }
        let mut linked = Vec::with_capacity(written.events.len());
        for (index, (event, digest)) in written.events.iter().enumerate() {
            let number = expected + index as u64;
            if event.sequence_number != number || event.recorded_at != written.recorded_at || number > MAX_SAFE_INTEGER
            {
                return refuse(
                    &format!("events[{index}]"),
                    format!("does not stand at sequence number {number}"),
                );
            }
            linked.push(LinkedEvent {
                aggregate_version: event.aggregate_version,
                digest: *digest,
            });
        }
        let link = match written.epoch {
            Some(epoch) => epoch_link(epoch, &before, written.recorded_at),
            None => append_link(&before, written.recorded_at, &linked),
        };
        if link != written.link {
            return refuse(
                "link",
                format!(
                    "is {}, but the content gives {link}: the export was altered",
                    written.link
                ),
            );
        }
        Ok(ExportEntry {
            before,
            after: Head {
                epoch: written.epoch.unwrap_or(before.epoch),
                sequence_number: before.sequence_number + linked.len() as u64,
                link,
            },
            kind: written.epoch.map_or(AppendKind::Events, AppendKind::EpochChange),
            recorded_at: written.recorded_at,
            events: written.events,
        })
    }
}

impl Default for ExportReader {
    fn default() -> Self {
        Self::new()
    }
}

/// The place before a log that begins with this epoch.
fn beginning(epoch: Epoch) -> Head {
    Head {
        epoch,
        sequence_number: 0,
        link: Link::NONE,
    }
}
