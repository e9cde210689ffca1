//! Short names between the wasm and its glue: those of wasm-bindgen carry hashes and types, which no compression makes small.

use std::collections::HashMap;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// Tells wasm-opt to give short names and to print them.
pub(crate) const OPTION: &str = "--minify-imports-and-exports-and-modules";

/// What wasm-opt calls the one module that all imports come from.
const MODULE: &str = "a";

/// The glue with the names that wasm-opt has printed.
///
/// The glue reaches an export as `wasm.name`, and gives the imports as members `name:` of one object.
pub(crate) fn shorten(glue: &str, printed: &str) -> Result<String> {
    let names: Value = serde_json::from_str(printed).context("wasm-opt printed no names")?;
    let exports = short_names(&names["exports"])?;
    let mut imports = short_names(&names["imports"])?;
    let mut short = String::with_capacity(glue.len());
    let mut rest = glue;
    while let Some(start) = rest.find(is_part_of_name) {
        short.push_str(&rest[..start]);
        rest = &rest[start..];
        let (name, after) = rest.split_at(rest.find(|part| !is_part_of_name(part)).unwrap_or(rest.len()));
        let found = if short.ends_with("wasm.") {
            exports.get(name).copied()
        } else if after.starts_with(':') {
            imports.remove(name)
        } else {
            None
        };
        short.push_str(found.unwrap_or(name));
        rest = after;
    }
    short.push_str(rest);
    let module = names["imports"][0][0].as_str().unwrap_or_default();
    let member = format!("\"{module}\":");
    if !imports.is_empty() || !short.contains(&member) {
        bail!("the glue lacks {imports:?} or {member}: does wasm-bindgen write its imports in another way?");
    }
    Ok(short.replace(&member, &format!("\"{MODULE}\":")))
}

/// The short name of each name.
fn short_names(entries: &Value) -> Result<HashMap<&str, &str>> {
    let entries = entries.as_array().context("wasm-opt printed no list of names")?;
    let pairs: Option<HashMap<&str, &str>> = entries.iter().map(pair).collect();
    pairs.context("wasm-opt printed a name without a short one")
}

/// The last two texts of an entry; an import has its module before them.
fn pair(entry: &Value) -> Option<(&str, &str)> {
    match entry.as_array()?.as_slice() {
        [.., name, short] => Some((name.as_str()?, short.as_str()?)),
        _ => None,
    }
}

fn is_part_of_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '$')
}

#[cfg(test)]
mod tests {
    use super::shorten;

    const NAMES: &str =
        r#"{"imports":[["./glue.js","__wbg_get_1f","b"]],"exports":[["memory","c"],["store_get","d"]]}"#;

    #[test]
    fn exports_and_imports_get_their_names_and_nothing_else_does() {
        let glue = "memory() { return wasm.store_get(wasm.memory, wasm.other); }\nx = { __wbg_get_1f: memory };\ny = { \"./glue.js\": x };";
        assert_eq!(
            shorten(glue, NAMES).unwrap(),
            "memory() { return wasm.d(wasm.c, wasm.other); }\nx = { b: memory };\ny = { \"a\": x };"
        );
    }

    #[test]
    fn an_import_that_the_glue_lacks_is_told() {
        assert!(shorten("x = { \"./glue.js\": {} };", NAMES).is_err());
        assert!(shorten("x = { other: { __wbg_get_1f: y } };", NAMES).is_err());
    }
}
