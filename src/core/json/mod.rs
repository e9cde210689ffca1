//! JSON as text: checked, walked over and written, never decoded.

mod cursor;
mod strings;
mod text;

pub use cursor::JsonCursor;
pub use strings::write_json_string;
pub use text::{JsonError, JsonText, MAX_JSON_DEPTH};

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

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
