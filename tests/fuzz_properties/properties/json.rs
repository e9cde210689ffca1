//! The JSON scanner agrees with `serde_json`, but for the depth that it bounds.

use foldlog::core::{JsonCursor, JsonText, MAX_JSON_DEPTH, MAX_SAFE_INTEGER, write_json_string};
use serde_json::value::RawValue;

use super::raw;

pub(super) fn hold(text: &str) {
    let theirs = serde_json::from_str::<&RawValue>(text).ok().map(RawValue::get);
    let expected = theirs.filter(|json| raw::depth(json) <= MAX_JSON_DEPTH);
    let ours = JsonText::parse(text);
    assert_eq!(ours.as_ref().ok().map(JsonText::as_str), expected, "{text:?}");
    string(text);
    integer(text);
}

fn string(text: &str) {
    let mut cursor = JsonCursor::new(text);
    let ours = cursor.string().ok().filter(|_| cursor.end().is_ok());
    let theirs = raw::string(text);
    assert_eq!(ours.as_deref(), theirs.as_deref(), "{text:?}");
    let mut written = String::new();
    write_json_string(&mut written, text);
    assert_eq!(raw::string(&written).as_deref(), Some(text));
}

fn integer(text: &str) {
    let mut cursor = JsonCursor::new(text);
    let ours = cursor.integer().ok().filter(|_| cursor.end().is_ok());
    let theirs = serde_json::from_str::<u64>(text).ok();
    assert_eq!(ours, theirs.filter(|number| *number <= MAX_SAFE_INTEGER), "{text:?}");
}
