//! Who may import whom in `src` (docs/ARCHITECTURE.md), read from the paths in the code.

mod modules;
mod paths;
mod purity;
mod rules;
mod server;
mod tokens;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::shell;

pub(crate) fn check() -> Result<()> {
    let (core, mut violations) = look("src", violations_of)?;
    let (server, of_server) = look("server/src", violations_of_server)?;
    violations.extend(of_server);
    super::report("layers", core + server, &violations)
}

/// How many files a folder has, and their violations.
fn look(folder: &str, violations_of: fn(&Path, &str) -> Vec<(usize, String)>) -> Result<(usize, Vec<String>)> {
    let root = shell::root().join(folder);
    let mut files = Vec::new();
    rust_files(&root, &mut files)?;
    files.sort();
    let mut violations = Vec::new();
    for path in &files {
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let relative = path.strip_prefix(&root)?;
        let found = violations_of(relative, &text).into_iter();
        violations.extend(found.map(|(line, what)| format!("{folder}/{}:{line}: {what}", relative.display())));
    }
    Ok((files.len(), violations))
}

fn violations_of_server(file: &Path, text: &str) -> Vec<(usize, String)> {
    server::violations(&modules::of_file(file), &tokens::tokens(text))
}

/// The violations of one file, each with its line.
fn violations_of(file: &Path, text: &str) -> Vec<(usize, String)> {
    let module = modules::of_file(file);
    // The root of the crate only declares and re-exports.
    if module.is_empty() {
        return Vec::new();
    }
    let tokens = tokens::tokens(text);
    let mut violations = rules::violations(&module, &paths::paths(&tokens, &module));
    if module.first().is_some_and(|layer| layer == "core") {
        violations.extend(purity::violations(&tokens));
    }
    violations
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            rust_files(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::violations_of;

    fn lines(file: &str, text: &str) -> Vec<usize> {
        violations_of(Path::new(file), text)
            .into_iter()
            .map(|(line, _)| line)
            .collect()
    }

    #[test]
    fn the_core_stands_alone() {
        assert_eq!(lines("core/a.rs", "use crate::core::b;\nuse crate::storage::C;"), [2]);
        assert_eq!(lines("core/a.rs", "use crate::{core::b, engine::{c, d}};"), [1, 1]);
        assert_eq!(lines("core/a/b.rs", "use super::super::super::wire::x;"), [1]);
        assert_eq!(
            lines("core/a.rs", "mod tests {\n use super::*;\n use crate::testing::x;\n}"),
            [3]
        );
    }

    #[test]
    fn the_core_is_pure() {
        assert_eq!(
            lines("core/a.rs", "async fn a() {}\nfn b() { std::time::Instant::now() }"),
            [1, 2]
        );
        assert_eq!(
            lines("core/a.rs", "#[cfg(all(test, target_arch = \"wasm32\"))]\nfn a() {}"),
            [1]
        );
        assert_eq!(lines("core/a.rs", "#[cfg(test)]\nmod tests {}"), Vec::<usize>::new());
        assert_eq!(lines("core/a.rs", "use std::{fmt, fs};\nuse js_sys::JSON;"), [1, 2]);
        assert_eq!(lines("engine/a.rs", "async fn a() {}"), Vec::<usize>::new());
    }

    #[test]
    fn backends_do_not_know_each_other_nor_the_engine() {
        let text = "use crate::core::a;\nuse crate::storage::b;\nuse crate::backends::memory::c;";
        assert_eq!(lines("backends/memory/mod.rs", text), Vec::<usize>::new());
        assert_eq!(lines("backends/indexed_db/x.rs", text), [3]);
        assert_eq!(lines("backends/memory.rs", "use super::indexed_db::x;"), [1]);
        assert_eq!(lines("backends/memory.rs", "use crate::engine::x;"), [1]);
        assert_eq!(lines("backends/mod.rs", "use self::memory::x;"), Vec::<usize>::new());
    }

    #[test]
    fn nothing_imports_js() {
        for file in [
            "storage.rs",
            "engine/a.rs",
            "testing/a.rs",
            "wire.rs",
            "backends/memory.rs",
        ] {
            assert_eq!(lines(file, "use crate::js::x;"), [1], "{file}");
        }
        let all = "use crate::{core::a, storage::b, engine::c, backends::memory::d, wire::e};";
        assert_eq!(lines("js/a.rs", all), Vec::<usize>::new());
        assert_eq!(lines("testing/a.rs", all), Vec::<usize>::new());
    }

    #[test]
    fn a_path_must_name_its_layer() {
        assert_eq!(
            lines("engine/a.rs", "use crate::Foo;\nuse crate::*;\ncrate::stamp!();"),
            [1, 2]
        );
        assert_eq!(lines("helpers.rs", "fn a() {}"), [1]);
    }

    #[test]
    fn tests_outside_the_core_may_use_the_test_helpers() {
        let tests = "mod tests {\nuse crate::testing::a;\nuse crate::backends::memory::b;\n}";
        assert_eq!(lines("engine/a.rs", tests), Vec::<usize>::new());
        assert_eq!(lines("engine/tests.rs", "use crate::testing::a;"), Vec::<usize>::new());
        assert_eq!(lines("engine/a.rs", "use crate::testing::a;"), [1]);
    }

    #[test]
    fn the_server_keeps_to_its_layers() {
        let lines = |file: &str, text: &str| -> Vec<usize> {
            let found = super::violations_of_server(Path::new(file), text).into_iter();
            found.map(|(line, _)| line).collect()
        };
        let text =
            "use foldlog::{core::a, wire::b};\nuse foldlog::backends::memory::c;\nuse axum::d;\nuse crate::http::e;";
        assert_eq!(lines("read/a.rs", text), [2, 3, 4]);
        assert_eq!(lines("http/a.rs", text), [2]);
        assert_eq!(lines("cli/main.rs", text), [2]);
        assert_eq!(lines("lib.rs", text), [2]);
    }

    #[test]
    fn comments_and_strings_are_not_code() {
        let text = "//! crate::js::x\n/* crate::js::x /* nested */ async */\n\
                    const A: &str = \"crate::js::x \\\" async\";\nconst B: &str = r#\"async\"#;\n\
                    const C: char = '\"';\nfn a<'a>(b: &'a str) { crate::js::x(b) }";
        assert_eq!(lines("core/a.rs", text), [6]);
    }
}
