use super::JsonError;

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

/// The text of a JSON string's inside, which stands at `offset`.
pub(super) fn unescape(inner: &str, offset: usize) -> Result<String, JsonError> {
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
