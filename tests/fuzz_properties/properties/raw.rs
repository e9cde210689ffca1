//! JSON as another parser takes it apart, its values kept as text.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

/// The members of an object; of equal names the last one.
pub(super) type Members<'a> = BTreeMap<String, &'a RawValue>;

/// The object that the text is.
pub(super) fn members(text: &str) -> Option<Members<'_>> {
    serde_json::from_str(text).ok()
}

/// The elements of the array that the text is.
pub(super) fn elements(text: &str) -> Option<Vec<&RawValue>> {
    serde_json::from_str(text).ok()
}

/// The string that the text is.
pub(super) fn string(text: &str) -> Option<String> {
    serde_json::from_str(text).ok()
}

/// How deep arrays and objects are nested in a text that is JSON.
pub(super) fn depth(json: &str) -> usize {
    let (mut depth, mut deepest) = (0, 0);
    let mut characters = json.chars();
    while let Some(character) = characters.next() {
        match character {
            '[' | '{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            ']' | '}' => depth -= 1,
            '"' => {
                while let Some(inner) = characters.next().filter(|inner| *inner != '"') {
                    if inner == '\\' {
                        characters.next();
                    }
                }
            }
            _ => {}
        }
    }
    deepest
}
