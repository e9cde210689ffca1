use std::fmt::Write as _;

use super::{
    Problem,
    body::{missing, read_object},
};
use crate::core::{Cursor, Head, InvalidInput, JsonCursor, MAX_JSON_DEPTH, read::EventFilter};

/// What a stream is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamRequest {
    /// Where it begins; exclusive.
    pub after: StreamFrom,
    /// Which events.
    pub filter: EventFilter,
    /// Whether the events are wanted, and not only how far the log reaches.
    pub events: bool,
}

/// Where a stream begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamFrom {
    /// After a sequence number.
    Sequence(u64),
    /// After the place of a cursor, which must be one of the log.
    Cursor(Cursor),
}

impl StreamRequest {
    /// Writes the body of the request.
    pub fn write_json(&self, out: &mut String) {
        // Writing to a String does not fail.
        let _ = match self.after {
            StreamFrom::Sequence(number) => write!(out, "{{\"after\":{number},\"filter\":"),
            StreamFrom::Cursor(cursor) => write!(out, "{{\"after\":\"{}\",\"filter\":", cursor.to_cursor()),
        };
        self.filter.write_json(out);
        let _ = write!(out, ",\"events\":{}}}", self.events);
    }

    /// Reads what [`StreamRequest::write_json`] writes; without members it is a stream of all events from the beginning.
    ///
    /// # Errors
    ///
    /// Names the member that is unknown or malformed.
    pub fn read_json(text: &str) -> Result<Self, InvalidInput> {
        let mut request = Self {
            after: StreamFrom::Sequence(0),
            filter: EventFilter::default(),
            events: true,
        };
        read_object(text, &["after", "filter", "events"], &mut |cursor, name| {
            match name {
                "after" if cursor.peek_value() == Some(b'"') => {
                    request.after = StreamFrom::Cursor(cursor.text(Head::from_cursor)?);
                }
                "after" => request.after = StreamFrom::Sequence(cursor.integer()?),
                "filter" => request.filter = EventFilter::read_at(cursor)?,
                _ => request.events = cursor.boolean()?,
            }
            Ok(())
        })?;
        Ok(request)
    }
}

/// A line of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamLine {
    /// Events that match, and how far the log was examined.
    Events {
        /// Their JSON, separated by commas.
        text: String,
        /// The position up to which the log was examined.
        cursor: Cursor,
        /// Whether the log ended there.
        caught_up: bool,
    },
    /// The log reaches this far.
    Reaches(Cursor),
    /// The last line.
    End(StreamEnd, Cursor),
}

/// Why a stream ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamEnd {
    /// More waits for the reader than the server keeps: go on from the cursor.
    Slow,
    /// The server shuts down.
    Shutdown,
    /// The token has expired.
    Expired,
    /// Something failed: the body of an error.
    Problem(String),
}

impl StreamEnd {
    /// The end by an error.
    pub fn by(problem: &Problem, request_id: Option<&str>) -> Self {
        let mut json = String::new();
        problem.write_json(&mut json, request_id);
        Self::Problem(json)
    }

    fn word(&self) -> &'static str {
        match self {
            Self::Slow => "slow",
            Self::Shutdown => "shutdown",
            Self::Expired => "expired",
            Self::Problem(_) => "problem",
        }
    }
}

impl StreamLine {
    /// Writes the line, with its line break.
    pub fn write_json(&self, out: &mut String) {
        // Writing to a String does not fail.
        let _ = match self {
            Self::Events {
                text,
                cursor,
                caught_up,
            } => write!(
                out,
                "{{\"events\":[{text}],\"cursor\":\"{}\",\"caughtUp\":{caught_up}}}",
                cursor.to_cursor()
            ),
            Self::Reaches(cursor) => write!(out, "{{\"cursor\":\"{}\"}}", cursor.to_cursor()),
            Self::End(end, cursor) => {
                let _ = write!(
                    out,
                    "{{\"end\":\"{}\",\"cursor\":\"{}\"",
                    end.word(),
                    cursor.to_cursor()
                );
                if let StreamEnd::Problem(problem) = end {
                    let _ = write!(out, ",\"problem\":{problem}");
                }
                write!(out, "}}")
            }
        };
        out.push('\n');
    }

    /// Reads what [`StreamLine::write_json`] writes, without the line break.
    ///
    /// # Errors
    ///
    /// Names the member that is missing, unknown or malformed.
    pub fn read_json(line: &str) -> Result<Self, InvalidInput> {
        let (mut text, mut cursor, mut caught_up, mut end, mut problem) = (None, None, None, None, None);
        read_object(line, &MEMBERS, &mut |json, name| {
            match name {
                "events" => text = Some(read_events(json)?),
                "cursor" => cursor = Some(json.text(Head::from_cursor)?),
                "caughtUp" => caught_up = Some(json.boolean()?),
                "end" => end = Some(json.string()?.into_owned()),
                _ => problem = Some(json.value(MAX_JSON_DEPTH)?.to_owned()),
            }
            Ok(())
        })?;
        let cursor = cursor.ok_or_else(|| missing("cursor"))?;
        match (text, caught_up, end.as_deref(), problem) {
            (Some(text), Some(caught_up), None, None) => Ok(Self::Events {
                text,
                cursor,
                caught_up,
            }),
            (None, None, None, None) => Ok(Self::Reaches(cursor)),
            (None, None, Some("slow"), None) => Ok(Self::End(StreamEnd::Slow, cursor)),
            (None, None, Some("shutdown"), None) => Ok(Self::End(StreamEnd::Shutdown, cursor)),
            (None, None, Some("expired"), None) => Ok(Self::End(StreamEnd::Expired, cursor)),
            (None, None, Some("problem"), Some(problem)) => Ok(Self::End(StreamEnd::Problem(problem), cursor)),
            _ => Err(InvalidInput::argument(
                "line",
                "is neither events nor a position nor an end",
            )),
        }
    }
}

const MEMBERS: [&str; 5] = ["events", "cursor", "caughtUp", "end", "problem"];

/// The events' texts, as they stand between the brackets.
fn read_events(cursor: &mut JsonCursor<'_>) -> Result<String, InvalidInput> {
    if cursor.peek_value() != Some(b'[') {
        return Err("expected an array".into());
    }
    // The payloads are two levels down.
    let array = cursor.value(MAX_JSON_DEPTH + 2)?;
    Ok(array[1..array.len() - 1].trim_ascii().to_owned())
}
