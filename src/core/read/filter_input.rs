use super::{EventFilter, OneOf};
use crate::core::{AggregateId, AggregateType, EventType, IndexMap, InvalidInput, JsonCursor, Key, Label, Timestamp};

/// The most values that a list of a filter may have.
const MAX_LIST: usize = 10_000;

impl EventFilter {
    /// Reads a filter from JSON: an object of the fields of the same names in camel case, each at most once; `null` is absent.
    ///
    /// # Errors
    ///
    /// `invalid_argument` naming the field that is unknown, repeated, of the wrong type or out of range.
    pub fn read_json(json: &str) -> Result<Self, InvalidInput> {
        let mut cursor = JsonCursor::new(json);
        let filter = Self::read(&mut cursor)?;
        cursor
            .end()
            .map_err(|error| InvalidInput::argument("filter", error.to_string()))?;
        Ok(filter)
    }

    fn read(cursor: &mut JsonCursor<'_>) -> Result<Self, InvalidInput> {
        let broken = |error: crate::core::JsonError| InvalidInput::argument("filter", error.to_string());
        let mut filter = Self::default();
        let mut seen = IndexMap::default();
        let mut first = true;
        cursor.begin_object().map_err(broken)?;
        while let Some(key) = cursor.next_key(&mut first).map_err(broken)? {
            let invalid = |reason: String| InvalidInput::argument(format!("filter.{key}"), reason);
            if seen.insert(key.clone().into_owned(), ()).is_some() {
                return Err(invalid("is given twice".to_owned()));
            }
            if !cursor.null() {
                filter.read_member(&key, cursor).map_err(invalid)?;
            }
        }
        Ok(filter)
    }

    fn read_member(&mut self, key: &str, cursor: &mut JsonCursor<'_>) -> Result<(), String> {
        match key {
            "aggregateIds" => self.aggregate_ids = Some(read_set(cursor, AggregateId::parse)?),
            "aggregateType" => self.aggregate_type = Some(read_text(cursor, AggregateType::parse)?),
            "eventTypes" => self.event_types = Some(read_set(cursor, EventType::parse)?),
            "tags" => self.tags = read_set(cursor, Label::parse)?.iter().cloned().collect(),
            "fromSequence" => self.from_sequence = Some(read_integer(cursor)?),
            "toSequence" => self.to_sequence = Some(read_integer(cursor)?),
            "fromVersion" => self.from_version = Some(read_integer(cursor)?),
            "toVersion" => self.to_version = Some(read_integer(cursor)?),
            "fromRecordedAt" => self.from_recorded_at = Some(read_text(cursor, Timestamp::parse)?),
            "toRecordedAt" => self.to_recorded_at = Some(read_text(cursor, Timestamp::parse)?),
            "causedBy" => self.caused_by = Some(read_text(cursor, Label::parse)?),
            "correlationId" => self.correlation_id = Some(read_text(cursor, Label::parse)?),
            _ => return Err("is unknown".to_owned()),
        }
        Ok(())
    }
}

fn read_integer(cursor: &mut JsonCursor<'_>) -> Result<u64, String> {
    cursor.integer().map_err(|error| error.to_string())
}

fn read_text<T>(cursor: &mut JsonCursor<'_>, parse: impl Fn(&str) -> Result<T, String>) -> Result<T, String> {
    parse(&cursor.string().map_err(|error| error.to_string())?)
}

fn read_set<T: Key>(
    cursor: &mut JsonCursor<'_>,
    parse: impl Fn(&str) -> Result<T, String>,
) -> Result<OneOf<T>, String> {
    let mut set = OneOf::default();
    let mut first = true;
    cursor.begin_array().map_err(|error| error.to_string())?;
    while cursor.next_element(&mut first).map_err(|error| error.to_string())? {
        if set.len() == MAX_LIST {
            return Err(format!("has more than {MAX_LIST} values"));
        }
        set.insert(read_text(cursor, &parse)?);
    }
    Ok(set)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_read_and_a_refusal_names_the_field() {
        let filter = EventFilter::read_json(
            r#"{"aggregateIds":["a","a"],"eventTypes":["x","y"],"tags":[],"fromSequence":2,"toRecordedAt":"2026-11-24T00:00:00Z","causedBy":null}"#,
        )
        .unwrap();
        assert_eq!(filter.aggregate_ids.unwrap().len(), 1);
        assert_eq!(filter.from_sequence, Some(2));
        assert_eq!(filter.caused_by, None);
        let refused = |json: &str| EventFilter::read_json(json).unwrap_err().to_string();
        assert_eq!(refused(r#"{"type":"x"}"#), "filter.type: is unknown");
        assert_eq!(
            refused(r#"{"fromSequence":1,"fromSequence":1}"#),
            "filter.fromSequence: is given twice"
        );
        assert!(refused(r#"{"fromSequence":-1}"#).starts_with("filter.fromSequence: expected a whole number"));
        assert!(refused(r#"{"eventTypes":"x"}"#).starts_with("filter.eventTypes: expected an array"));
        assert!(refused("[]").starts_with("filter: expected an object"));
    }
}
