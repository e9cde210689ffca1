use std::borrow::Cow;

use super::{JsonError, strings::unescape};
use crate::core::{InvalidInput, MAX_SAFE_INTEGER};

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

    /// Reads an object whose members are some of `names`, each at most once. `read` reads the value of the one that it is told; a
    /// refusal names the member.
    pub(crate) fn members(
        &mut self,
        names: &[&'static str],
        read: &mut dyn FnMut(&mut Self, &'static str) -> Result<(), InvalidInput>,
    ) -> Result<(), InvalidInput> {
        let mut seen = 0_u32;
        let mut first = true;
        self.begin_object()?;
        while let Some(key) = self.next_key(&mut first)? {
            let Some(place) = names.iter().position(|name| *name == key) else {
                return Err(InvalidInput::argument(key, "is unknown"));
            };
            if seen & 1 << place != 0 {
                return Err(InvalidInput::argument(key, "is given twice"));
            }
            seen |= 1 << place;
            read(self, names[place]).map_err(|invalid| invalid.within(&key))?;
        }
        Ok(())
    }

    /// Reads a string of the vocabulary.
    pub(crate) fn text<T>(&mut self, parse: fn(&str) -> Result<T, String>) -> Result<T, InvalidInput> {
        Ok(parse(&self.string()?)?)
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
        if number > MAX_SAFE_INTEGER {
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

    /// Steps over so many bytes, whatever they are, and returns them; none if the text is shorter or a character is cut.
    pub(crate) fn take(&mut self, bytes: usize) -> Option<&'a str> {
        let taken = self.text.get(self.at..self.at.checked_add(bytes)?)?;
        self.at += bytes;
        Some(taken)
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
