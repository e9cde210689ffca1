//! The paths that code names, resolved to the root they start from.

use super::tokens::{Kind, Token};

/// A path in the code.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) line: usize,
    /// The module it is named in: that of the file, and inline ones.
    pub(super) within: Vec<String>,
    /// From the root of the crate; `*` for everything.
    pub(super) path: Vec<String>,
}

/// The paths that begin with `crate`, `self` or `super`.
pub(super) fn paths(tokens: &[Token], module: &[String]) -> Vec<Named> {
    let mut named = Vec::new();
    // For each open brace the name of the inline module it opens, if it opens one.
    let mut braces: Vec<Option<String>> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let token = &tokens[at];
        if token.is('{') {
            braces.push(opened_module(&tokens[..at]));
        } else if token.is('}') {
            braces.pop();
        } else if is_start(tokens, at) && matches!(token.word(), Some("crate" | "self" | "super")) {
            let within: Vec<_> = module.iter().chain(braces.iter().flatten()).cloned().collect();
            let mut found = Vec::new();
            at = tree(tokens, at, &[], &mut found);
            named.extend(found.into_iter().filter_map(|(line, words)| {
                let path = resolve(&words, &within)?;
                Some(Named {
                    line,
                    within: within.clone(),
                    path,
                })
            }));
            continue;
        }
        at += 1;
    }
    named
}

/// The paths that begin with one of these crates, with their lines.
pub(super) fn external(tokens: &[Token], roots: &[&str]) -> Vec<(usize, Vec<String>)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let wanted = tokens[at].word().is_some_and(|word| roots.contains(&word));
        if wanted && is_start(tokens, at) {
            at = tree(tokens, at, &[], &mut found);
        } else {
            at += 1;
        }
    }
    found
}

/// Whether a path of more than one word begins here.
fn is_start(tokens: &[Token], at: usize) -> bool {
    let continues = tokens.get(at + 1).is_some_and(|token| token.kind == Kind::Colons);
    // `::std::fs` begins at its `std`; `a::std` does not.
    let follows = at >= 2 && tokens[at - 1].kind == Kind::Colons && tokens[at - 2].word().is_some();
    continues && !follows
}

/// Reads a path or a tree of them; returns where it ends.
fn tree(tokens: &[Token], mut at: usize, prefix: &[String], found: &mut Vec<(usize, Vec<String>)>) -> usize {
    let mut path = prefix.to_vec();
    while let Some(token) = tokens.get(at) {
        match &token.kind {
            Kind::Word(word) => path.push(word.clone()),
            Kind::Sign('*') => path.push("*".to_owned()),
            Kind::Sign('{') => return group(tokens, at + 1, &path, found),
            // Type arguments: not a word of this path.
            _ => break,
        }
        at += 1;
        if tokens.get(at).is_none_or(|token| token.kind != Kind::Colons) {
            break;
        }
        at += 1;
    }
    // A macro of the crate has no other place to live in than its root.
    let root_macro = path.len() == 2 && tokens.get(at).is_some_and(|token| token.is('!'));
    if !root_macro && let Some(token) = at.checked_sub(1).and_then(|last| tokens.get(last)) {
        found.push((token.line, path));
    }
    at
}

/// Reads the members of `{…}`; returns where the group ends.
fn group(tokens: &[Token], mut at: usize, prefix: &[String], found: &mut Vec<(usize, Vec<String>)>) -> usize {
    while let Some(token) = tokens.get(at) {
        if token.is('}') {
            return at + 1;
        }
        if token.word() == Some("as") {
            at += 2;
        } else if token.word().is_some() || token.is('*') || token.is('{') {
            at = tree(tokens, at, prefix, found);
        } else {
            at += 1;
        }
    }
    at
}

/// The name of the module that the next brace opens.
fn opened_module(before: &[Token]) -> Option<String> {
    let [.., keyword, name] = before else {
        return None;
    };
    (keyword.word() == Some("mod")).then(|| name.word().map(str::to_owned))?
}

/// From the root of the crate; nothing for a `super` that leads out of it.
fn resolve(words: &[String], within: &[String]) -> Option<Vec<String>> {
    let mut path = match words.first()?.as_str() {
        "crate" => Vec::new(),
        _ => within.to_vec(),
    };
    for (at, word) in words.iter().enumerate() {
        match word.as_str() {
            "crate" if at == 0 => {}
            "self" => {}
            "super" => {
                path.pop()?;
            }
            _ => path.push(word.clone()),
        }
    }
    Some(path)
}
