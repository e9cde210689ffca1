//! What the core must not name: no waiting, no IO, no clock, no randomness, no platform.

use super::paths;
use super::tokens::Token;

// Not `RandomState`: the order of a hash table is no result, and a seed keeps hostile names from slowing it.
const WORDS: &[&str] = &[
    "async",
    "await",
    "SystemTime",
    "Instant",
    "new_v4",
    "now_v7",
    "thread_local",
];

const CRATES: &[&str] = &[
    "chrono",
    "futures",
    "futures_channel",
    "futures_timer",
    "futures_util",
    "getrandom",
    "indexed_db_futures",
    "js_sys",
    "rand",
    "serde_wasm_bindgen",
    "time",
    "tokio",
    "wasm_bindgen",
    "wasm_bindgen_futures",
    "web_sys",
    "web_time",
];

/// Modules of the standard library.
const STD: &[&str] = &["env", "fs", "future", "io", "net", "os", "process", "task", "thread"];

pub(super) fn violations(tokens: &[Token]) -> Vec<(usize, String)> {
    let mut violations = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.word() {
            Some(word) if WORDS.contains(&word) => {
                violations.push((token.line, format!("the core must not use `{word}`")));
            }
            Some("cfg" | "cfg_attr") if names_target(&tokens[at + 1..]) => {
                let what = "the core must not depend on the target; pass what differs as an argument";
                violations.push((token.line, what.to_owned()));
            }
            _ => {}
        }
    }
    for (line, path) in paths::external(tokens, CRATES) {
        violations.push((line, format!("the core must not use the crate {}", path[0])));
    }
    for (line, path) in paths::external(tokens, &["std", "core"]) {
        if path.get(1).is_some_and(|module| STD.contains(&module.as_str())) {
            violations.push((line, format!("the core must not use {}", path.join("::"))));
        }
    }
    violations.sort();
    violations
}

/// Whether the condition in the parentheses that follow speaks of the target.
fn names_target(rest: &[Token]) -> bool {
    let mut depth = 0_usize;
    for token in rest {
        if token.is('(') {
            depth += 1;
        } else if token.is(')') {
            depth = depth.saturating_sub(1);
        } else if depth > 0 && token.word().is_some_and(is_platform) {
            return true;
        } else if depth == 0 && !token.is('!') {
            return false;
        }
        if depth == 0 && token.is(')') {
            return false;
        }
    }
    false
}

fn is_platform(word: &str) -> bool {
    word.starts_with("target_") || matches!(word, "unix" | "windows")
}
