//! The module that a file holds.

use std::path::Path;

/// `core/append/mod.rs` is `["core", "append"]`; the root of the crate is empty.
pub(super) fn of_file(file: &Path) -> Vec<String> {
    let file = file.with_extension("");
    let mut module: Vec<_> = file.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if module.last().is_some_and(|last| last == "mod" || last == "lib") {
        module.pop();
    }
    module
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::of_file;

    #[test]
    fn modules_follow_the_files() {
        assert_eq!(of_file(Path::new("core/append/mod.rs")), ["core", "append"]);
        assert_eq!(of_file(Path::new("storage.rs")), ["storage"]);
        assert!(of_file(Path::new("lib.rs")).is_empty());
    }
}
