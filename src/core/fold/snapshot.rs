use std::fmt::Write as _;

use crate::core::{
    AggregateId, AggregateType, Head, InvalidInput, JsonCursor, JsonText, MAX_JSON_DEPTH, ReducerIdentity, Timestamp,
    write_json_string,
};

/// The cached state of an aggregate at a version, tied to the declared identity of its reducer and to a place in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The aggregate.
    pub aggregate_id: AggregateId,
    /// Its type.
    pub aggregate_type: AggregateType,
    /// The reducer whose state it is.
    pub reducer: ReducerIdentity,
    /// The version of the last event folded into it, at least 1.
    pub aggregate_version: u64,
    /// The place of that event: elsewhere, or in another history, the snapshot means nothing.
    pub place: Head,
    /// When it was made.
    pub created_at: Timestamp,
    /// The state.
    pub data: JsonText,
}

impl Snapshot {
    /// Whether it belongs to the log whose place at the snapshot's sequence number is `there`.
    pub fn is_valid_at(&self, there: Option<Head>) -> bool {
        there == Some(self.place)
    }

    /// Writes the snapshot as JSON.
    pub fn write_json(&self, out: &mut String) {
        // Writing to a String does not fail.
        out.push_str("{\"aggregateId\":");
        write_json_string(out, self.aggregate_id.as_str());
        out.push_str(",\"aggregateType\":");
        write_json_string(out, self.aggregate_type.as_str());
        out.push_str(",\"reducer\":");
        write_json_string(out, self.reducer.as_str());
        let _ = write!(out, ",\"aggregateVersion\":{},\"place\":", self.aggregate_version);
        self.place.write_json(out);
        let _ = write!(
            out,
            ",\"createdAt\":\"{}\",\"data\":{}}}",
            self.created_at,
            self.data.as_str()
        );
    }

    /// Reads what [`Snapshot::write_json`] writes.
    ///
    /// # Errors
    ///
    /// Names the member that is missing or malformed; such a snapshot is ignored, since it is only a cache.
    pub fn read_json(text: &str) -> Result<Self, InvalidInput> {
        let mut cursor = JsonCursor::new(text);
        let read = Self::read(&mut cursor).and_then(|snapshot| {
            cursor.end()?;
            Ok(snapshot)
        });
        read.map_err(|invalid| invalid.within("snapshot"))
    }

    fn read(cursor: &mut JsonCursor<'_>) -> Result<Self, InvalidInput> {
        let (mut aggregate_id, mut aggregate_type, mut reducer) = (None, None, None);
        let (mut aggregate_version, mut place, mut created_at, mut data) = (None, None, None, None);
        cursor.members(&MEMBERS, &mut |cursor, name| {
            match name {
                "aggregateId" => aggregate_id = Some(cursor.text(AggregateId::parse)?),
                "aggregateType" => aggregate_type = Some(cursor.text(AggregateType::parse)?),
                "reducer" => reducer = Some(cursor.text(ReducerIdentity::parse)?),
                "aggregateVersion" => {
                    let version = cursor.integer()?;
                    if version == 0 {
                        return Err("is 0; a snapshot is of at least one event".into());
                    }
                    aggregate_version = Some(version);
                }
                "place" => place = Some(Head::read_json(cursor)?),
                "createdAt" => created_at = Some(cursor.text(Timestamp::parse)?),
                _ => data = Some(JsonText::scanned(cursor.value(MAX_JSON_DEPTH)?)),
            }
            Ok(())
        })?;
        let missing = |member: &str| InvalidInput::argument(member, "is missing");
        Ok(Self {
            aggregate_id: aggregate_id.ok_or_else(|| missing("aggregateId"))?,
            aggregate_type: aggregate_type.ok_or_else(|| missing("aggregateType"))?,
            reducer: reducer.ok_or_else(|| missing("reducer"))?,
            aggregate_version: aggregate_version.ok_or_else(|| missing("aggregateVersion"))?,
            place: place.ok_or_else(|| missing("place"))?,
            created_at: created_at.ok_or_else(|| missing("createdAt"))?,
            data: data.ok_or_else(|| missing("data"))?,
        })
    }
}

const MEMBERS: [&str; 7] = [
    "aggregateId",
    "aggregateType",
    "reducer",
    "aggregateVersion",
    "place",
    "createdAt",
    "data",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{Epoch, Link};

    #[test]
    fn a_snapshot_is_read_as_it_was_written_and_fits_only_its_place() {
        let place = Head {
            epoch: Epoch::from_random([3; 16]),
            sequence_number: 9,
            link: Link::from_bytes([5; 32]),
        };
        let snapshot = Snapshot {
            aggregate_id: AggregateId::parse("a\"b").unwrap(),
            aggregate_type: AggregateType::parse("wallet").unwrap(),
            reducer: ReducerIdentity::parse("wallet/1").unwrap(),
            aggregate_version: 4,
            place,
            created_at: Timestamp::from_millis(0),
            data: JsonText::parse("{\"balance\": 1.10}").unwrap(),
        };
        let mut text = String::new();
        snapshot.write_json(&mut text);
        assert_eq!(Snapshot::read_json(&text).unwrap(), snapshot);
        assert!(snapshot.is_valid_at(Some(place)));
        assert!(!snapshot.is_valid_at(None));
        assert!(!snapshot.is_valid_at(Some(Head {
            link: Link::NONE,
            ..place
        })));
        assert!(Snapshot::read_json(&text.replace("\"reducer\"", "\"reducor\"")).is_err());
        assert!(Snapshot::read_json(&format!("{text}x")).is_err());
        assert!(Snapshot::read_json(&text.replace("\"aggregateVersion\":4", "\"aggregateVersion\":0")).is_err());
    }
}
