//! The layers, and what each may import besides itself.

use super::paths::Named;

struct Layer {
    name: &'static str,
    imports: &'static [&'static str],
}

/// Without decisions of their own: what differs between native code and the browser.
const SUPPORT: &[&str] = &["environment", "maybe_send"];

const LAYERS: &[Layer] = &[
    Layer {
        name: "core",
        imports: &[],
    },
    Layer {
        name: "maybe_send",
        imports: &[],
    },
    Layer {
        name: "environment",
        imports: &["core", "maybe_send"],
    },
    Layer {
        name: "storage",
        imports: &["core"],
    },
    Layer {
        name: "wire",
        imports: &["core", "storage"],
    },
    Layer {
        name: "backends",
        imports: &["core", "storage", "wire"],
    },
    Layer {
        name: "engine",
        imports: &["core", "storage"],
    },
    Layer {
        name: "js",
        imports: &["core", "storage", "wire", "backends", "engine"],
    },
    Layer {
        name: "testing",
        imports: &["core", "storage", "wire", "backends", "engine"],
    },
];

/// What the paths of a module break, with their lines.
pub(super) fn violations(module: &[String], named: &[Named]) -> Vec<(usize, String)> {
    let Some(layer) = module.first().and_then(|name| find(name)) else {
        let what = format!(
            "{} belongs to no layer; move it into one, or add it to {}",
            module.join("::"),
            file!()
        );
        return vec![(1, what)];
    };
    named
        .iter()
        .filter_map(|named| Some((named.line, violation(layer, named)?)))
        .collect()
}

fn violation(layer: &Layer, named: &Named) -> Option<String> {
    let path = named.path.join("::");
    let Some(target) = named.path.first().and_then(|name| find(name)) else {
        return Some(format!(
            "crate::{path} does not name a layer; name the module it lives in"
        ));
    };
    let allowed = if target.name == layer.name {
        target.name != "backends" || same_backend(named)
    } else {
        layer.imports.contains(&target.name) || supports(layer, target) || test_may_import(layer, target, named)
    };
    (!allowed).then(|| format!("{} must not import crate::{path}", described(layer, named)))
}

/// A backend keeps to itself; the module above the backends knows them all.
fn same_backend(named: &Named) -> bool {
    named.within.len() < 2 || named.path.get(1).is_none_or(|name| *name == named.within[1])
}

fn supports(layer: &Layer, target: &Layer) -> bool {
    layer.name != "core" && !SUPPORT.contains(&layer.name) && SUPPORT.contains(&target.name)
}

/// Tests outside the core may stand on the helpers and on a real backend.
fn test_may_import(layer: &Layer, target: &Layer, named: &Named) -> bool {
    let in_tests = named.within.iter().any(|module| module == "tests");
    in_tests && layer.name != "core" && matches!(target.name, "testing" | "backends" | "engine")
}

fn described(layer: &Layer, named: &Named) -> String {
    match (layer.name, named.within.get(1)) {
        ("backends", Some(backend)) => format!("backends::{backend}"),
        (name, _) => name.to_owned(),
    }
}

fn find(name: &str) -> Option<&'static Layer> {
    LAYERS.iter().find(|layer| layer.name == name)
}
