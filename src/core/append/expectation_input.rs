use super::{Expectation, GivenExpectations};
use crate::core::{AggregateId, InvalidInput, JsonCursor, JsonError};

impl GivenExpectations {
    /// Reads `{"expectedVersion"?: expectation, "expectedVersions"?: [[aggregateId, expectation], …]}`, where an expectation is a
    /// version or one of `"no_aggregate"`, `"any"` and `"exists"`.
    ///
    /// # Errors
    ///
    /// `invalid_argument` naming the option that is unknown, repeated or malformed.
    pub fn read_json(json: &str) -> Result<Self, InvalidInput> {
        let broken = |error: JsonError| InvalidInput::argument("options", error.to_string());
        let mut cursor = JsonCursor::new(json);
        let mut given = Self::default();
        let mut seen_each = false;
        let mut first = true;
        cursor.begin_object().map_err(broken)?;
        while let Some(key) = cursor.next_key(&mut first).map_err(broken)? {
            let invalid = |reason: String| InvalidInput::argument(key.as_ref(), reason);
            match key.as_ref() {
                "expectedVersion" if given.of_the_aggregate.is_none() => {
                    given.of_the_aggregate = Some(read_expectation(&mut cursor).map_err(invalid)?);
                }
                "expectedVersions" if !seen_each => {
                    seen_each = true;
                    given.of_each = read_each(&mut cursor).map_err(invalid)?;
                }
                "expectedVersion" | "expectedVersions" => return Err(invalid("is given twice".to_owned())),
                _ => return Err(invalid("is unknown".to_owned())),
            }
        }
        cursor.end().map_err(broken)?;
        Ok(given)
    }
}

fn read_each(cursor: &mut JsonCursor<'_>) -> Result<Vec<(AggregateId, Expectation)>, String> {
    let text = |error: JsonError| error.to_string();
    let mut each = Vec::new();
    let mut first = true;
    cursor.begin_array().map_err(text)?;
    while cursor.next_element(&mut first).map_err(text)? {
        let mut inner = true;
        cursor.begin_array().map_err(text)?;
        let incomplete = || "is not a list of pairs of an aggregate id and an expectation".to_owned();
        if !cursor.next_element(&mut inner).map_err(text)? {
            return Err(incomplete());
        }
        let id = cursor.string().map_err(text)?;
        let id = AggregateId::parse(&id).map_err(|reason| format!("names an aggregate whose id {reason}"))?;
        if !cursor.next_element(&mut inner).map_err(text)? {
            return Err(incomplete());
        }
        let expectation = read_expectation(cursor).map_err(|reason| format!("for aggregate \"{id}\" {reason}"))?;
        each.push((id, expectation));
        if cursor.next_element(&mut inner).map_err(text)? {
            return Err(incomplete());
        }
    }
    Ok(each)
}

fn read_expectation(cursor: &mut JsonCursor<'_>) -> Result<Expectation, String> {
    const ALLOWED: &str = "is neither a version nor \"no_aggregate\", \"any\" or \"exists\"";
    if cursor.peek_value() != Some(b'"') {
        return cursor.integer().map(Expectation::Exact).map_err(|_| ALLOWED.to_owned());
    }
    match cursor.string().map_err(|error| error.to_string())?.as_ref() {
        "no_aggregate" => Ok(Expectation::Exact(0)),
        "any" => Ok(Expectation::Any),
        "exists" => Ok(Expectation::Exists),
        _ => Err(ALLOWED.to_owned()),
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
