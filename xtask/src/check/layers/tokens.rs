//! Rust source as words and signs, without its comments and literals.

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Word(String),
    /// `::`
    Colons,
    Sign(char),
}

#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) line: usize,
}

impl Token {
    pub(super) fn word(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word(word) => Some(word),
            _ => None,
        }
    }

    pub(super) fn is(&self, sign: char) -> bool {
        self.kind == Kind::Sign(sign)
    }
}

pub(super) fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let (mut at, mut line) = (0, 1);
    while at < chars.len() {
        let rest = &chars[at..];
        let (length, kind) = next(rest);
        if let Some(kind) = kind {
            tokens.push(Token { kind, line });
        }
        line += rest[..length].iter().filter(|c| **c == '\n').count();
        at += length;
    }
    tokens
}

/// The length of what the text begins with, and the token it is, if it is one.
fn next(rest: &[char]) -> (usize, Option<Kind>) {
    let second = rest.get(1).copied();
    match rest[0] {
        '/' if second == Some('/') => (length_until(rest, |c| c == '\n'), None),
        '/' if second == Some('*') => (block_comment(rest), None),
        '"' => (string(rest), None),
        '\'' => (quote(rest), None),
        ':' if second == Some(':') => (2, Some(Kind::Colons)),
        first if is_word(first) => {
            let length = length_until(rest, |c| !is_word(c));
            let word: String = rest[..length].iter().collect();
            match raw_string(&word, &rest[length..]) {
                Some(literal) => (length + literal, None),
                None => (length, Some(Kind::Word(word))),
            }
        }
        first if first.is_whitespace() => (1, None),
        first => (1, Some(Kind::Sign(first))),
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn length_until(rest: &[char], end: impl Fn(char) -> bool) -> usize {
    rest.iter().position(|c| end(*c)).unwrap_or(rest.len())
}

fn block_comment(rest: &[char]) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at + 1 < rest.len() {
        match (rest[at], rest[at + 1]) {
            ('/', '*') => depth += 1,
            ('*', '/') => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

fn string(rest: &[char]) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// A character literal, or else the tick of a lifetime.
fn quote(rest: &[char]) -> usize {
    match (rest.get(1), rest.get(2)) {
        (Some('\\'), _) => {
            let end = rest.iter().skip(3).position(|c| *c == '\'');
            end.map_or(rest.len(), |end| end + 4)
        }
        (Some(_), Some('\'')) => 3,
        _ => 1,
    }
}

/// The length of the raw string that follows its prefix, if one does.
fn raw_string(prefix: &str, rest: &[char]) -> Option<usize> {
    if !matches!(prefix, "r" | "br" | "cr") {
        return None;
    }
    let hashes = length_until(rest, |c| c != '#');
    if rest.get(hashes) != Some(&'"') {
        return None;
    }
    let mut at = hashes + 1;
    while at < rest.len() {
        let closing = rest[at + 1..].iter().take(hashes).filter(|c| **c == '#').count();
        if rest[at] == '"' && closing == hashes {
            return Some(at + 1 + hashes);
        }
        at += 1;
    }
    Some(rest.len())
}
