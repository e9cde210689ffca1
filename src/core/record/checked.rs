//! Small values beside the records, with a checksum of what they say and of where they stand.

/// The FNV-1a hash, of 32 bits, of a text and of bytes behind it: whatever changes one byte changes it.
pub fn checksum(text: &str, bytes: &[u8]) -> u64 {
    let mut sum: u32 = 0x811c_9dc5;
    for bytes in [text.as_bytes(), bytes] {
        for byte in bytes {
            sum = (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
        }
    }
    sum.into()
}

/// A text as it is stored under a key: under another one it would not be what it says.
pub fn checked(key: &str, text: &str) -> String {
    format!("{}:{text}", checksum(key, text.as_bytes()))
}

/// The text of a value that [`checked`] gives for this key; none if one of them was changed.
pub fn read_checked<'a>(key: &str, value: &'a str) -> Option<&'a str> {
    let (_, text) = value.split_once(':')?;
    (checked(key, text) == value).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_fnv_1a() {
        // Of the test suite of the algorithm's authors: http://www.isthe.com/chongo/src/fnv/test_fnv.c
        assert_eq!(checksum("", b""), 0x811c_9dc5);
        assert_eq!(checksum("a", b""), 0xe40c_292c);
        assert_eq!(checksum("foo", b"bar"), 0xbf9c_f968);
    }

    #[test]
    fn a_value_is_read_as_it_was_written_and_not_if_anything_was_changed() {
        let value = checked("key", "a text: with a colon");
        assert_eq!(read_checked("key", &value), Some("a text: with a colon"));
        assert_eq!(read_checked("kez", &value), None);
        assert_eq!(read_checked("key", &format!("0{value}")), None);
        assert_eq!(read_checked("key", "no checksum"), None);
        for at in 0..value.len() {
            let mut bytes = value.clone().into_bytes();
            bytes[at] ^= 1;
            assert_eq!(read_checked("key", &String::from_utf8(bytes).unwrap()), None);
        }
    }
}
