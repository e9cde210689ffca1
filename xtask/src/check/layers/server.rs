//! What the server may import: of the core crate its layers that are for backends and servers, and HTTP only from within HTTP.

use super::{paths, tokens::Token};

/// The layers of the core crate that it stands on.
const LAYERS: &[&str] = &["core", "storage", "engine", "wire", "environment"];

/// What only the HTTP half may name: the other half is a library for programs without HTTP.
const OF_HTTP: &[&str] = &["axum", "hyper", "hyper_util", "tower_http"];

/// The modules of the HTTP half. The program in `cli` stands above both.
const HTTP: &[&str] = &["http", "auth"];

/// What the paths of a module of the server break, with their lines.
pub(super) fn violations(module: &[String], tokens: &[Token]) -> Vec<(usize, String)> {
    let of_core = paths::external(tokens, &["foldlog"]).into_iter();
    let mut found: Vec<_> = of_core
        .filter(|(_, path)| path.get(1).is_none_or(|layer| !LAYERS.contains(&layer.as_str())))
        .map(|(line, path)| (line, format!("the server must not import {}", path.join("::"))))
        .collect();
    let top = module.first().map_or("", String::as_str);
    if HTTP.contains(&top) || top == "cli" || top.is_empty() {
        return found;
    }
    for (line, path) in paths::external(tokens, OF_HTTP) {
        found.push((
            line,
            format!("{top} must not import {}, which is of HTTP", path.join("::")),
        ));
    }
    for named in paths::paths(tokens, module) {
        if named.path.first().is_some_and(|first| HTTP.contains(&first.as_str())) {
            let what = format!(
                "{top} must not import crate::{}, which is of HTTP",
                named.path.join("::")
            );
            found.push((named.line, what));
        }
    }
    found
}
