use crate::core::MAX_SAFE_INTEGER;

/// Writes a path below a log, then parameters of a query.
pub(super) struct Path {
    text: String,
    separator: char,
}

impl Path {
    /// `/v1/logs/{log}` and what follows it.
    pub(super) fn of_log(log: &str, rest: &str) -> Self {
        let mut text = String::from("/v1/logs/");
        encode(&mut text, log);
        text.push_str(rest);
        Self { text, separator: '?' }
    }

    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.text.push(self.separator);
        self.separator = '&';
        self.text.push_str(name);
        self.text.push('=');
        encode(&mut self.text, value);
        self
    }

    pub(super) fn with_number(self, name: &str, value: Option<u64>) -> Self {
        match value {
            // No log reaches further, and no server takes more.
            Some(value) => self.with(name, &value.min(MAX_SAFE_INTEGER).to_string()),
            None => self,
        }
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
}

/// Percent-encodes all but the unreserved characters of RFC 3986; a segment of dots alone is encoded too, since it would be resolved away.
fn encode(out: &mut String, text: &str) {
    let is_dots = text == "." || text == "..";
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'~' => out.push(char::from(byte)),
            b'.' if !is_dots => out.push('.'),
            _ => {
                out.push('%');
                for digit in [byte >> 4, byte & 15] {
                    out.push(char::from(if digit < 10 { b'0' + digit } else { b'A' + digit - 10 }));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Path;

    #[test]
    fn names_are_encoded() {
        let path = Path::of_log("a/é", "/append")
            .with("eventId", "x y&z")
            .with_number("at", Some(7));
        assert_eq!(path.into_text(), "/v1/logs/a%2F%C3%A9/append?eventId=x%20y%26z&at=7");
        assert_eq!(Path::of_log("a.b", "").into_text(), "/v1/logs/a.b");
    }
}
