//! No source file may grow past what a reader can hold.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::shell;

const MAX_LINES: usize = 500;
const SOURCES: &[&str] = &["css", "html", "js", "mjs", "rs", "sql", "ts"];

pub(crate) fn check() -> Result<()> {
    let listed = ["ls-files", "--cached", "--others", "--exclude-standard"];
    let files = shell::text(shell::command("git").args(listed))?;
    let mut violations = Vec::new();
    let mut looked_at = 0;
    for file in files.lines().filter(|file| is_source(file)) {
        let path = shell::root().join(file);
        // A file that was removed and is not yet committed so is still listed.
        if !path.exists() {
            continue;
        }
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {file}"))?;
        looked_at += 1;
        let lines = text.lines().count();
        if lines > MAX_LINES {
            violations.push(format!("{file}: {lines} lines, at most {MAX_LINES}; split it"));
        }
    }
    super::report("file lengths", looked_at, &violations)
}

fn is_source(file: &str) -> bool {
    let extension = Path::new(file).extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| SOURCES.contains(&extension))
}
