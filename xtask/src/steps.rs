//! The steps of `cargo xtask check` and `cargo xtask test`, in the order in which they run.

use std::process::Command;

use anyhow::Result;

use crate::package::{self, Profile};
use crate::setup::Need;
use crate::wasm_tests::{self, Place};
use crate::{check, demo, fuzz, node_tests, openapi, postgres, shell, size};

#[derive(Clone, Copy)]
pub(crate) struct Step {
    pub(crate) name: &'static str,
    /// Part of `cargo xtask check`.
    pub(crate) is_check: bool,
    /// Looks at the package in `pkg/`.
    pub(crate) uses_package: bool,
    pub(crate) needs: &'static [Need],
    /// The argument: whether the long numbers are asked for.
    pub(crate) run: fn(bool) -> Result<()>,
}

/// The step that makes the package.
pub(crate) const BUILD: &str = "build";

/// The browser tests also run against a variant of the core that they build.
const BROWSER_NEEDS: &[Need] = &[Need::WasmTarget, Need::WasmBindgen, Need::NodeTools, Need::Chromium];

const FIREFOX_BROWSER_NEEDS: &[Need] = &[Need::WasmTarget, Need::WasmBindgen, Need::NodeTools, Need::Firefox];

const PACKAGING_NEEDS: &[Need] = &[Need::NodeTools, Need::PackagingTools, Need::Chromium];

pub(crate) const STEPS: &[Step] = &[
    check("fmt", &[Need::Components], |_| {
        cargo("fmt --all --check")?;
        cargo("fmt --manifest-path fuzz/Cargo.toml --check")
    }),
    check("typos", &[Need::Typos], |_| shell::run(&mut shell::command("typos"))),
    check("lengths", &[], |_| check::lengths::check()),
    check("layers", &[], |_| check::layers::check()),
    check("dependencies", &[], |_| check::tree::check()),
    check("clippy", &[Need::Components], |_| {
        cargo("clippy --workspace --all-targets --features testing,http -- -D warnings")
    }),
    check("clippy-wasm", &[Need::Components, Need::WasmTarget], |_| {
        cargo(
            "clippy --package foldlog --target wasm32-unknown-unknown --lib --tests \
             --features testing -- -D warnings",
        )
    }),
    // Its own workspace; without --all-targets, since nothing in it is a test.
    check("clippy-fuzz", &[Need::Components], |_| {
        cargo("clippy --manifest-path fuzz/Cargo.toml -- -D warnings")
    }),
    check("doc", &[], |_| doc("--workspace")),
    check("doc-wasm", &[Need::WasmTarget], |_| {
        doc("--package foldlog --target wasm32-unknown-unknown")
    }),
    check(BUILD, package::NEEDS, |_| {
        package::build(Profile::Release)?;
        size::report(false)
    }),
    check("types-port", &[Need::NodeTools], |_| {
        types("src/backends/indexed_db/port")?;
        types("src/backends/remote/fetch")
    }),
    on_package(check("types-facade", &[Need::NodeTools], |_| types("pkg-template"))),
    on_package(check("types-tests", &[Need::NodeTools], |_| types("tests/types"))),
    on_package(check("types-www", &[Need::NodeTools], |_| types("www"))),
    check("vectors", &[Need::NodeTools], |_| {
        shell::run(shell::command("node").arg("tests/vectors/check.mjs"))
    }),
    on_package(check("publint", &[Need::NodeTools], |_| {
        shell::run(shell::npm_tool("publint").args(["run", "pkg", "--strict"]))
    })),
    test("unit", &[], |full| {
        shell::run(long(
            shell::cargo().args([
                "test",
                "--workspace",
                "--exclude",
                "foldlog-server",
                "--features",
                "testing",
            ]),
            full,
        ))
    }),
    test("fuzz", &[Need::Fuzzing], fuzz::run),
    test("postgres", &[Need::Postgres], postgres::run),
    test("openapi", &[Need::Postgres, Need::Pip], openapi::run),
    on_package(test("node", &[Need::NodeTools], |_| node_tests::run())),
    test("wasm-node", wasm_tests::NODE_NEEDS, |full| {
        wasm_tests::run(Place::Node, full)
    }),
    test("wasm-chromium-page", wasm_tests::CHROMIUM_NEEDS, |full| {
        wasm_tests::run(Place::ChromiumPage, full)
    }),
    test("wasm-chromium-worker", wasm_tests::CHROMIUM_NEEDS, |full| {
        wasm_tests::run(Place::ChromiumWorker, full)
    }),
    test("wasm-firefox-page", wasm_tests::FIREFOX_NEEDS, |full| {
        wasm_tests::run(Place::FirefoxPage, full)
    }),
    test("wasm-webkit-page", wasm_tests::WEBKIT_NEEDS, |full| {
        wasm_tests::run(Place::WebKitPage, full)
    }),
    on_package(test("browser", BROWSER_NEEDS, |full| {
        package::build_testing()?;
        script("tests/browser/run.mjs", &[], full)
    })),
    on_package(test("browser-firefox", FIREFOX_BROWSER_NEEDS, |full| {
        package::build_testing()?;
        script("tests/browser/run.mjs", &["--engine", "firefox"], full)
    })),
    on_package(test("packaging", PACKAGING_NEEDS, |full| {
        script("tests/packaging/run.mjs", &[], full)
    })),
    on_package(test("demo", &[Need::NodeTools, Need::Chromium], |_| demo::smoke())),
    on_package(test(
        "demo-remote",
        &[Need::NodeTools, Need::Chromium, Need::Postgres],
        |_| demo::remote_smoke(),
    )),
];

const fn check(name: &'static str, needs: &'static [Need], run: fn(bool) -> Result<()>) -> Step {
    Step {
        name,
        is_check: true,
        uses_package: false,
        needs,
        run,
    }
}

const fn test(name: &'static str, needs: &'static [Need], run: fn(bool) -> Result<()>) -> Step {
    Step {
        name,
        is_check: false,
        uses_package: false,
        needs,
        run,
    }
}

const fn on_package(step: Step) -> Step {
    Step {
        uses_package: true,
        ..step
    }
}

/// Tells the tests in Rust that the long numbers are asked for.
pub(crate) fn long(cargo: &mut Command, full: bool) -> &mut Command {
    if full { cargo.env("FOLDLOG_FULL", "1") } else { cargo }
}

fn cargo(arguments: &str) -> Result<()> {
    shell::run(shell::cargo().args(arguments.split_whitespace()))
}

fn doc(packages: &str) -> Result<()> {
    let mut cargo = shell::cargo();
    cargo
        .env("RUSTDOCFLAGS", "-Dwarnings")
        .args(["doc", "--no-deps", "--features", "testing,http"]);
    shell::run(cargo.args(packages.split_whitespace()))
}

fn types(project: &str) -> Result<()> {
    shell::run(shell::npm_tool("tsc").args(["--noEmit", "--project", project]))
}

fn script(file: &str, arguments: &[&str], full: bool) -> Result<()> {
    let mut node = shell::command("node");
    node.arg(file).args(arguments);
    if full {
        node.arg("--full");
    }
    shell::run(&mut node)
}
