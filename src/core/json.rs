use std::{borrow::Cow, fmt};

/// The deepest nesting of arrays and objects that a payload may have.
pub const MAX_JSON_DEPTH: usize = 128;

/// A text that is exactly one JSON value (RFC 8259), nested at most [`MAX_JSON_DEPTH`] deep; kept as written, never decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonText(Box<str>);

impl JsonText {
    /// Takes the text if it is exactly one JSON value; white space around the value is dropped.
    ///
    /// # Errors
    ///
    /// [`JsonError`] with the place, if it is anything else or nested too deeply.
    pub fn parse(text: &str) -> Result<Self, JsonError> {
        let mut cursor = JsonCursor::new(text);
        let value = cursor.value(MAX_JSON_DEPTH)?;
        cursor.end()?;
        Ok(Self(value.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes a slice that a [`JsonCursor`] has just walked over.
    pub(crate) fn scanned(value: &str) -> Self {
        Self(value.into())
    }
}

/// Where a text stops being what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// Bytes before the place.
    pub offset: usize,
    /// What was expected there.
    pub reason: &'static str,
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.reason, self.offset)
    }
}

impl std::error::Error for JsonError {}

/// Walks over a JSON text once, without building anything.
///
/// This check is a security boundary: what passes is spliced into larger texts, so it accepts RFC 8259 and nothing beyond.
pub struct JsonCursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> JsonCursor<'a> {
    /// Stands before the text's first byte.
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// Walks over one value of any kind and returns its text, without white space around it.
    ///
    /// # Errors
    ///
    /// If no value stands here or it is nested deeper than `max_depth`.
    pub fn value(&mut self, max_depth: usize) -> Result<&'a str, JsonError> {
        self.skip_space();
        let start = self.at;
        // One byte a level: what closes it. No recursion, so that no input can exhaust the stack.
        let mut open: Vec<u8> = Vec::new();
        loop {
            match self.peek() {
                Some(b'{') => {
                    self.at += 1;
                    if open.len() == max_depth {
                        return Err(self.error("nested too deeply"));
                    }
                    self.skip_space();
                    if self.peek() == Some(b'}') {
                        self.at += 1;
                    } else {
                        open.push(b'}');
                        self.key()?;
                        continue;
                    }
                }
                Some(b'[') => {
                    self.at += 1;
                    if open.len() == max_depth {
                        return Err(self.error("nested too deeply"));
                    }
                    self.skip_space();
                    if self.peek() == Some(b']') {
                        self.at += 1;
                    } else {
                        open.push(b']');
                        continue;
                    }
                }
                Some(b'"') => drop(self.string_end()?),
                _ => self.scalar()?,
            }
            // A value has ended: close what ends with it, or go on to the next one.
            loop {
                let Some(&close) = open.last() else {
                    return Ok(&self.text[start..self.at]);
                };
                self.skip_space();
                match self.peek() {
                    Some(b',') => {
                        self.at += 1;
                        self.skip_space();
                        if close == b'}' {
                            self.key()?;
                        }
                        break;
                    }
                    Some(byte) if byte == close => {
                        self.at += 1;
                        open.pop();
                    }
                    _ => return Err(self.error("expected \",\" or the end of the array or object")),
                }
            }
        }
    }

    /// Enters an array.
    ///
    /// # Errors
    ///
    /// If none begins here.
    pub fn begin_array(&mut self) -> Result<(), JsonError> {
        self.expect(b'[', "expected an array")
    }

    /// Steps to the next element of an array: false at its end. `first` is true before the first call.
    ///
    /// # Errors
    ///
    /// If neither an element nor the end follows.
    pub fn next_element(&mut self, first: &mut bool) -> Result<bool, JsonError> {
        self.next_item(first, b']')
    }

    /// Enters an object.
    ///
    /// # Errors
    ///
    /// If none begins here.
    pub fn begin_object(&mut self) -> Result<(), JsonError> {
        self.expect(b'{', "expected an object")
    }

    /// Steps to the next member of an object and returns its key: none at the object's end. `first` is true before the first call.
    ///
    /// # Errors
    ///
    /// If neither a member nor the end follows, or the key holds a lone surrogate.
    pub fn next_key(&mut self, first: &mut bool) -> Result<Option<Cow<'a, str>>, JsonError> {
        if !self.next_item(first, b'}')? {
            return Ok(None);
        }
        let key = self.string()?;
        self.expect(b':', "expected \":\"")?;
        Ok(Some(key))
    }

    /// Reads a string.
    ///
    /// # Errors
    ///
    /// If none stands here or it holds a lone surrogate, which has no UTF-8.
    pub fn string(&mut self) -> Result<Cow<'a, str>, JsonError> {
        self.skip_space();
        if self.peek() != Some(b'"') {
            return Err(self.error("expected a string"));
        }
        let start = self.at + 1;
        let escaped = self.string_end()?;
        let inner = &self.text[start..self.at - 1];
        if escaped {
            unescape(inner, start).map(Cow::Owned)
        } else {
            Ok(Cow::Borrowed(inner))
        }
    }

    /// Reads a whole number from 0 to 2^53 − 1, written without fraction and exponent.
    ///
    /// # Errors
    ///
    /// If anything else stands here.
    pub fn integer(&mut self) -> Result<u64, JsonError> {
        self.skip_space();
        let start = self.at;
        let error = |at| JsonError {
            offset: at,
            reason: "expected a whole number from 0 to 9007199254740991",
        };
        self.scalar().map_err(|_| error(start))?;
        let text = &self.text[start..self.at];
        let number = text.parse::<u64>().map_err(|_| error(start))?;
        if number > super::MAX_SAFE_INTEGER {
            Err(error(start))
        } else {
            Ok(number)
        }
    }

    /// Steps over `null` if it stands here.
    pub fn null(&mut self) -> bool {
        self.literal("null")
    }

    /// Reads `true` or `false`.
    ///
    /// # Errors
    ///
    /// If neither stands here.
    pub fn boolean(&mut self) -> Result<bool, JsonError> {
        if self.literal("true") {
            Ok(true)
        } else if self.literal("false") {
            Ok(false)
        } else {
            Err(self.error("expected true or false"))
        }
    }

    /// The first byte of the next value.
    pub fn peek_value(&mut self) -> Option<u8> {
        self.skip_space();
        self.peek()
    }

    /// Checks that only white space is left.
    ///
    /// # Errors
    ///
    /// If anything else follows.
    pub fn end(&mut self) -> Result<(), JsonError> {
        self.skip_space();
        if self.at == self.text.len() {
            Ok(())
        } else {
            Err(self.error("expected the end of the text"))
        }
    }

    /// Bytes walked over so far.
    pub fn offset(&self) -> usize {
        self.at
    }

    fn error(&self, reason: &'static str) -> JsonError {
        JsonError {
            offset: self.at,
            reason,
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn expect(&mut self, byte: u8, reason: &'static str) -> Result<(), JsonError> {
        self.skip_space();
        if self.peek() != Some(byte) {
            return Err(self.error(reason));
        }
        self.at += 1;
        Ok(())
    }

    fn next_item(&mut self, first: &mut bool, close: u8) -> Result<bool, JsonError> {
        self.skip_space();
        if self.peek() == Some(close) {
            self.at += 1;
            return Ok(false);
        }
        if !std::mem::replace(first, false) {
            self.expect(b',', "expected \",\" or the end of the array or object")?;
            self.skip_space();
            if self.peek() == Some(close) {
                return Err(self.error("expected a value after \",\""));
            }
        }
        Ok(true)
    }

    fn key(&mut self) -> Result<(), JsonError> {
        if self.peek() != Some(b'"') {
            return Err(self.error("expected a key"));
        }
        self.string_end()?;
        self.expect(b':', "expected \":\"")?;
        self.skip_space();
        Ok(())
    }

    /// Steps over a string, from its opening quote; says whether it holds escapes.
    fn string_end(&mut self) -> Result<bool, JsonError> {
        let bytes = self.text.as_bytes();
        let mut escaped = false;
        self.at += 1;
        loop {
            match bytes.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(escaped);
                }
                Some(b'\\') => {
                    escaped = true;
                    match bytes.get(self.at + 1) {
                        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 2,
                        Some(b'u') if is_hex(bytes.get(self.at + 2..self.at + 6)) => self.at += 6,
                        _ => return Err(self.error("expected an escape of JSON")),
                    }
                }
                Some(0..=0x1f) => {
                    return Err(self.error("control characters are written as escapes"));
                }
                Some(_) => self.at += 1,
                None => return Err(self.error("expected the end of the string")),
            }
        }
    }

    fn scalar(&mut self) -> Result<(), JsonError> {
        if ["true", "false", "null"].into_iter().any(|word| self.literal(word)) {
            return Ok(());
        }
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let whole = self.digits();
        let leading_zero = self.text.as_bytes()[self.at - whole..self.at].first() == Some(&b'0');
        if whole == 0 || (whole > 1 && leading_zero) {
            self.at = start;
            return Err(self.error("expected a value"));
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            if self.digits() == 0 {
                return Err(self.error("expected a digit"));
            }
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            if self.digits() == 0 {
                return Err(self.error("expected a digit"));
            }
        }
        Ok(())
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        self.at - start
    }

    fn literal(&mut self, word: &str) -> bool {
        self.skip_space();
        let found = self.text.as_bytes()[self.at..].starts_with(word.as_bytes());
        if found {
            self.at += word.len();
        }
        found
    }
}

fn is_hex(digits: Option<&[u8]>) -> bool {
    digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
}

fn unescape(inner: &str, offset: usize) -> Result<String, JsonError> {
    let mut text = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        let escape = rest.as_bytes()[at + 1];
        let mut used = at + 2;
        text.push(match escape {
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let (unit, length) = code_point(&rest[at..]);
                used = at + length;
                let place = offset + (inner.len() - rest.len()) + at;
                char::from_u32(unit).ok_or(JsonError {
                    offset: place,
                    reason: "lone surrogate",
                })?
            }
            other => char::from(other),
        });
        rest = &rest[used..];
    }
    text.push_str(rest);
    Ok(text)
}

/// The code point of the `\uXXXX` (or pair of them) that `text` begins with, and its length; a lone surrogate comes back as itself.
fn code_point(text: &str) -> (u32, usize) {
    let unit = |at: usize| {
        text.get(at..at + 4)
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .unwrap_or(0xd800)
    };
    let high = unit(2);
    if (0xd800..0xdc00).contains(&high) && text.get(6..8) == Some("\\u") {
        let low = unit(8);
        if (0xdc00..0xe000).contains(&low) {
            return (0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00), 12);
        }
    }
    (high, 6)
}

/// Appends `text` as a JSON string, escaping what RFC 8259 §7 requires and nothing else.
pub fn write_json_string(out: &mut String, text: &str) {
    out.push('"');
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_str(&text[plain..at]);
        plain = at + 1;
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            _ => {
                out.push_str("\\u00");
                out.push(char::from(b'0' + (byte >> 4)));
                out.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
            }
        }
    }
    out.push_str(&text[plain..]);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_values_of_rfc_8259_pass_and_keep_their_text() {
        for text in [
            "0",
            "-0",
            "1.10",
            "9007199254740993",
            "-12.5e+10",
            "1E5",
            "true",
            "false",
            "null",
            "\"\"",
            "\"\\u0000\"",
            "\"\\ud800\"",
            "[]",
            "{}",
            "[1,[2,{\"a\":[]}],\"x\"]",
            "{\"a\":1,\"a\":2}",
            "{\"__proto__\":{}}",
            "\"\u{2028}\"",
            "\"é😀\"",
            "[ 1 , 2 ]",
            "{ \"a\" : { } }",
        ] {
            assert_eq!(JsonText::parse(text).unwrap().as_str(), text);
        }
        assert_eq!(JsonText::parse(" \n1\t").unwrap().as_str(), "1");
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            " ",
            "1 2",
            "01",
            "-",
            "+1",
            ".5",
            "1.",
            "1e",
            "1e+",
            "NaN",
            "Infinity",
            "undefined",
            "nul",
            "truee",
            "'a'",
            "\"a",
            "\"\\x\"",
            "\"\\u12g4\"",
            "\"\t\"",
            "\"a\nb\"",
            "[1,]",
            "[,1]",
            "[1",
            "]",
            "[1}",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{a:1}",
            "{\"a\" 1}",
            "{1:2}",
            "[]]",
            "{}{}",
            "1,2",
            "//\n1",
            "\u{feff}1",
            "\"\\",
            "\"\\u12\"",
            "[1 2]",
            "{\"a\":1 \"b\":2}",
            "{,}",
            "\u{a0}1",
        ] {
            assert!(JsonText::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn depth_is_bounded_without_recursion() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(JsonText::parse(&nested(128)).is_ok());
        assert_eq!(JsonText::parse(&nested(129)).unwrap_err().reason, "nested too deeply");
        assert!(JsonText::parse(&"{\"a\":".repeat(1_000_000)).is_err());
        assert!(JsonCursor::new(&nested(1_000_000)).value(usize::MAX).is_ok());
    }

    #[test]
    fn strings_are_unescaped_and_lone_surrogates_refused() {
        let read = |text: &str| JsonCursor::new(text).string().map(Cow::into_owned);
        assert_eq!(read(r#""a\"\\\/\b\f\n\r\té""#).unwrap(), "a\"\\/\u{8}\u{c}\n\r\té");
        assert_eq!(read(r#""\u00e9x""#).unwrap(), "éx");
        assert_eq!(read(r#""\ud83d\ude00""#).unwrap(), "😀");
        for lone in [
            r#""\ud800""#,
            r#""\udc00""#,
            r#""\ud800x""#,
            r#""\ud800\ud800""#,
            r#""\ud800\n""#,
        ] {
            assert_eq!(read(lone).unwrap_err().reason, "lone surrogate", "{lone}");
        }
    }

    #[test]
    fn a_written_string_is_read_back() {
        for text in ["", "plain", "\"\\/\n\r\t\u{0}\u{1f}\u{7f}", "é😀\u{2028}"] {
            let mut json = String::new();
            write_json_string(&mut json, text);
            assert!(JsonText::parse(&json).is_ok());
            assert_eq!(JsonCursor::new(&json).string().unwrap(), text);
        }
    }

    #[test]
    fn integers_are_whole_and_safe() {
        let read = |text: &str| JsonCursor::new(text).integer();
        assert_eq!(read("9007199254740991").unwrap(), 9_007_199_254_740_991);
        for text in [
            "9007199254740992",
            "-1",
            "1.0",
            "1e3",
            "\"1\"",
            "null",
            "",
            "99999999999999999999999",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
