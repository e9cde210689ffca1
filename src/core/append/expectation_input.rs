use std::fmt::Write as _;

use super::{Expectation, GivenExpectations};
use crate::core::{AggregateId, InvalidInput, JsonCursor};

impl GivenExpectations {
    /// Reads `{"expectedVersion"?: expectation, "expectedVersions"?: [[aggregateId, expectation], …]}`, where an expectation is a
    /// version or one of `"no_aggregate"`, `"any"` and `"exists"`.
    ///
    /// # Errors
    ///
    /// `invalid_argument` naming the option that is unknown, repeated or malformed.
    pub fn read_json(json: &str) -> Result<Self, InvalidInput> {
        let mut cursor = JsonCursor::new(json);
        let mut given = Self::default();
        let read = cursor.members(&["expectedVersion", "expectedVersions"], &mut |cursor, name| {
            match name {
                "expectedVersion" => given.of_the_aggregate = Some(read_expectation(cursor)?),
                _ => given.of_each = read_each(cursor)?,
            }
            Ok(())
        });
        read.and_then(|()| Ok(cursor.end()?))
            .map_err(|invalid| invalid.or_in("options"))?;
        Ok(given)
    }
}

impl Expectation {
    /// Writes the version, `"any"` or `"exists"`.
    pub fn write_json(self, out: &mut String) {
        // Writing to a String does not fail.
        let _ = match self {
            Self::Exact(version) => write!(out, "{version}"),
            Self::Any => write!(out, "\"any\""),
            Self::Exists => write!(out, "\"exists\""),
        };
    }
}

/// Reads pairs of an aggregate's id and an expectation.
pub(crate) fn read_each(cursor: &mut JsonCursor<'_>) -> Result<Vec<(AggregateId, Expectation)>, InvalidInput> {
    let mut each = Vec::new();
    let mut first = true;
    cursor.begin_array()?;
    while cursor.next_element(&mut first)? {
        each.push(read_pair(cursor)?);
    }
    Ok(each)
}

fn read_pair(cursor: &mut JsonCursor<'_>) -> Result<(AggregateId, Expectation), InvalidInput> {
    const NO_PAIR: &str = "is not a list of pairs of an aggregate id and an expectation";
    let mut first = true;
    cursor.begin_array()?;
    if !cursor.next_element(&mut first)? {
        return Err(NO_PAIR.into());
    }
    let id = AggregateId::parse(&cursor.string()?).map_err(|reason| format!("names an aggregate whose id {reason}"))?;
    if !cursor.next_element(&mut first)? {
        return Err(NO_PAIR.into());
    }
    let expectation =
        read_expectation(cursor).map_err(|invalid| format!("for aggregate \"{id}\" {}", invalid.reason))?;
    if cursor.next_element(&mut first)? {
        return Err(NO_PAIR.into());
    }
    Ok((id, expectation))
}

/// Reads a version or one of `"no_aggregate"`, `"any"` and `"exists"`.
pub(crate) fn read_expectation(cursor: &mut JsonCursor<'_>) -> Result<Expectation, InvalidInput> {
    const ALLOWED: &str = "is neither a version nor \"no_aggregate\", \"any\" or \"exists\"";
    if cursor.peek_value() != Some(b'"') {
        return cursor.integer().map(Expectation::Exact).map_err(|_| ALLOWED.into());
    }
    match cursor.string()?.as_ref() {
        "no_aggregate" => Ok(Expectation::Exact(0)),
        "any" => Ok(Expectation::Any),
        "exists" => Ok(Expectation::Exists),
        _ => Err(ALLOWED.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expectations_are_read_and_refusals_name_the_option() {
        let given = GivenExpectations::read_json(
            r#"{"expectedVersions":[["__proto__",3],["b","any"],["c","exists"],["d","no_aggregate"]]}"#,
        )
        .unwrap();
        let read: Vec<_> = given.of_each.iter().map(|(id, e)| (id.as_str(), *e)).collect();
        assert_eq!(
            read,
            [
                ("__proto__", Expectation::Exact(3)),
                ("b", Expectation::Any),
                ("c", Expectation::Exists),
                ("d", Expectation::Exact(0))
            ]
        );
        let refused = |json: &str| GivenExpectations::read_json(json).unwrap_err().to_string();
        assert!(refused(r#"{"expectedVersion":-1}"#).starts_with("expectedVersion: is neither"));
        assert!(refused(r#"{"expectedVersion":1.5}"#).starts_with("expectedVersion: is neither"));
        assert!(refused(r#"{"expectedVersion":"latest"}"#).starts_with("expectedVersion: is neither"));
        assert_eq!(refused(r#"{"expected":1}"#), "expected: is unknown");
        assert_eq!(
            refused(r#"{"expectedVersion":1,"expectedVersion":1}"#),
            "expectedVersion: is given twice"
        );
        assert!(refused(r#"{"expectedVersions":[["a"]]}"#).contains("list of pairs"));
        assert!(refused(r#"{"expectedVersions":[["a",1,2]]}"#).contains("list of pairs"));
        assert!(refused(r#"{"expectedVersions":[["",1]]}"#).contains("is empty"));
    }
}
