use foldlog::core::{InvalidInput, MAX_SAFE_INTEGER};

/// The parameters of a query, each of them known and given once.
#[derive(Debug, Default)]
pub(crate) struct Query(Vec<(&'static str, String)>);

impl Query {
    /// Reads a query that may have these parameters.
    ///
    /// # Errors
    ///
    /// Names a parameter that is unknown, given twice or not UTF-8.
    pub(crate) fn read(query: Option<&str>, known: &[&'static str]) -> Result<Self, InvalidInput> {
        let mut parameters: Vec<(&'static str, String)> = Vec::new();
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            let refuse = |reason| InvalidInput::argument(&*name, reason);
            let known = known
                .iter()
                .find(|known| **known == name)
                .ok_or_else(|| refuse("is unknown"))?;
            if parameters.iter().any(|(given, _)| given == known) {
                return Err(refuse("is given twice"));
            }
            // What is not UTF-8 would be read as another text.
            if value.contains('\u{fffd}') && !query.unwrap_or_default().contains('\u{fffd}') && !is_sent(query) {
                return Err(refuse("is not UTF-8"));
            }
            parameters.push((known, value.into_owned()));
        }
        Ok(Self(parameters))
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        let parameter = self.0.iter().find(|(given, _)| *given == name);
        parameter.map(|(_, value)| value.as_str())
    }

    /// A parameter that has to be there.
    pub(crate) fn required<T>(
        &self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<T, InvalidInput> {
        let text = self
            .text(name)
            .ok_or_else(|| InvalidInput::argument(name, "is missing"))?;
        parse(text).map_err(|reason| InvalidInput::argument(name, reason))
    }

    /// A whole number.
    pub(crate) fn number(&self, name: &'static str) -> Result<Option<u64>, InvalidInput> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let is_plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
        let number = text
            .parse()
            .ok()
            .filter(|number| is_plain && *number <= MAX_SAFE_INTEGER);
        number
            .map(Some)
            .ok_or_else(|| InvalidInput::argument(name, format!("is not a whole number from 0 to {MAX_SAFE_INTEGER}")))
    }

    /// A number of at least 1, of events or bytes.
    pub(crate) fn size(&self, name: &'static str) -> Result<Option<usize>, InvalidInput> {
        match self.number(name)? {
            Some(0) => Err(InvalidInput::argument(name, "is 0; at least 1 is allowed")),
            number => Ok(number.map(|number| usize::try_from(number).unwrap_or(usize::MAX))),
        }
    }

    /// `true` or `false`; without it `false`.
    pub(crate) fn flag(&self, name: &'static str) -> Result<bool, InvalidInput> {
        match self.text(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(InvalidInput::argument(name, "is neither true nor false")),
        }
    }
}

/// Whether the character that stands for what is not UTF-8 was itself sent.
fn is_sent(query: Option<&str>) -> bool {
    query.unwrap_or_default().to_ascii_lowercase().contains("%ef%bf%bd")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_known_and_given_once() {
        let query = Query::read(Some("id=a%2Fb%20c&at=7"), &["id", "at"]).unwrap();
        assert_eq!(query.text("id"), Some("a/b c"));
        assert_eq!(query.number("at").unwrap(), Some(7));
        assert!(Query::read(None, &["id"]).unwrap().number("at").unwrap().is_none());
        let refused = |query: &str| Query::read(Some(query), &["id"]).unwrap_err().to_string();
        assert_eq!(refused("id=a&id=a"), "id: is given twice");
        assert_eq!(refused("access_token=a"), "access_token: is unknown");
        assert_eq!(refused("id=%ff"), "id: is not UTF-8");
        assert_eq!(
            Query::read(Some("id=%EF%BF%BD"), &["id"]).unwrap().text("id"),
            Some("\u{fffd}")
        );
    }

    #[test]
    fn numbers_and_flags_have_one_spelling() {
        let number = |text: &str| Query::read(Some(&format!("n={text}")), &["n"]).unwrap().number("n");
        assert_eq!(number("9007199254740991").unwrap(), Some(MAX_SAFE_INTEGER));
        for text in [
            "",
            "-1",
            "+1",
            "01",
            "1.0",
            "1e3",
            "9007199254740992",
            "18446744073709551616",
            " 1",
            "٣",
        ] {
            assert!(number(text).is_err(), "{text}");
        }
        let flag = |text: &str| Query::read(Some(text), &["f"]).unwrap().flag("f");
        assert!(flag("f=true").unwrap() && !flag("f=false").unwrap() && !flag("").unwrap());
        assert!(flag("f").is_err() && flag("f=1").is_err());
    }
}
