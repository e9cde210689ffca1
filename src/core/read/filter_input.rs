use super::{EventFilter, OneOf};
use crate::core::{AggregateId, AggregateType, EventType, InvalidInput, JsonCursor, Key, Label, Timestamp};

/// The most values that a list of a filter may have.
const MAX_LIST: usize = 10_000;

impl EventFilter {
    /// Reads a filter from JSON: an object of the fields of the same names in camel case, each at most once; `null` is absent.
    /// `aggregateId` is a list of one.
    ///
    /// # Errors
    ///
    /// `invalid_argument` naming the field that is unknown, repeated, of the wrong type or out of range.
    pub fn read_json(json: &str) -> Result<Self, InvalidInput> {
        let mut cursor = JsonCursor::new(json);
        let read = Self::read_at(&mut cursor).and_then(|filter| {
            cursor.end()?;
            Ok(filter)
        });
        read.map_err(|invalid| invalid.within("filter"))
    }

    /// As [`EventFilter::read_json`], of an object that stands in a larger text.
    pub(crate) fn read_at(cursor: &mut JsonCursor<'_>) -> Result<Self, InvalidInput> {
        let mut filter = Self::default();
        cursor.members(&MEMBERS, &mut |cursor, name| filter.read_member(cursor, name))?;
        Ok(filter)
    }

    fn read_member(&mut self, cursor: &mut JsonCursor<'_>, name: &str) -> Result<(), InvalidInput> {
        if cursor.null() {
            return Ok(());
        }
        match name {
            "aggregateId" | "aggregateIds" if self.aggregate_ids.is_some() => {
                return Err("is given, and aggregateId or aggregateIds as well; give one of them".into());
            }
            "aggregateId" => {
                self.aggregate_ids
                    .insert(OneOf::default())
                    .insert(cursor.text(AggregateId::parse)?);
            }
            "aggregateIds" => self.aggregate_ids = Some(read_set(cursor, AggregateId::parse)?),
            "aggregateType" => self.aggregate_type = Some(cursor.text(AggregateType::parse)?),
            "eventTypes" => self.event_types = Some(read_set(cursor, EventType::parse)?),
            "tags" => self.tags = read_set(cursor, Label::parse)?.into_values(),
            "fromSequence" => self.from_sequence = Some(cursor.integer()?),
            "toSequence" => self.to_sequence = Some(cursor.integer()?),
            "fromVersion" => self.from_version = Some(cursor.integer()?),
            "toVersion" => self.to_version = Some(cursor.integer()?),
            "fromRecordedAt" => self.from_recorded_at = Some(cursor.text(Timestamp::parse)?),
            "toRecordedAt" => self.to_recorded_at = Some(cursor.text(Timestamp::parse)?),
            "causedBy" => self.caused_by = Some(cursor.text(Label::parse)?),
            _ => self.correlation_id = Some(cursor.text(Label::parse)?),
        }
        Ok(())
    }
}

const MEMBERS: [&str; 13] = [
    "aggregateId",
    "aggregateIds",
    "aggregateType",
    "eventTypes",
    "tags",
    "fromSequence",
    "toSequence",
    "fromVersion",
    "toVersion",
    "fromRecordedAt",
    "toRecordedAt",
    "causedBy",
    "correlationId",
];

fn read_set<T: Key>(
    cursor: &mut JsonCursor<'_>,
    parse: fn(&str) -> Result<T, String>,
) -> Result<OneOf<T>, InvalidInput> {
    let mut set = OneOf::default();
    let mut first = true;
    cursor.begin_array()?;
    while cursor.next_element(&mut first)? {
        if set.len() == MAX_LIST {
            return Err(format!("has more than {MAX_LIST} values").into());
        }
        set.insert(cursor.text(parse)?);
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
        let of_one = EventFilter::read_json(r#"{"aggregateId":"a"}"#).unwrap();
        assert_eq!(of_one.aggregate_ids, Some([AggregateId::parse("a").unwrap()].into()));
        assert!(
            refused(r#"{"aggregateId":"a","aggregateIds":["a"]}"#).starts_with("filter.aggregateIds: is given, and")
        );
        assert!(
            refused(r#"{"aggregateIds":["a"],"aggregateId":"a"}"#).starts_with("filter.aggregateId: is given, and")
        );
        assert!(refused(r#"{"aggregateId":""}"#).starts_with("filter.aggregateId: is empty"));
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
