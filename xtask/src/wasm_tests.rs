//! The tests that run as WebAssembly, and where each of them runs.

use std::process::Command;

use anyhow::{Result, bail};

use crate::setup::Need;
use crate::{shell, steps};

/// A place to run WebAssembly in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Node,
    ChromiumPage,
    ChromiumWorker,
    FirefoxPage,
    WebKitPage,
}

use Place::{ChromiumPage, ChromiumWorker, FirefoxPage, Node, WebKitPage};

/// A file of `tests/` and the places it runs in.
const SUITES: &[(&str, &[Place])] = &[
    (
        "conformance_memory",
        &[Node, ChromiumPage, ChromiumWorker, FirefoxPage, WebKitPage],
    ),
    (
        "conformance_indexed_db",
        &[ChromiumPage, ChromiumWorker, FirefoxPage, WebKitPage],
    ),
    ("model", &[ChromiumPage, FirefoxPage]),
];

pub(crate) const NODE_NEEDS: &[Need] = &[Need::WasmTarget, Need::WasmBindgen, Need::NodeTools];
pub(crate) const CHROMIUM_NEEDS: &[Need] = &[Need::WasmTarget, Need::WasmBindgen, Need::Chromium];
pub(crate) const FIREFOX_NEEDS: &[Need] = &[Need::WasmTarget, Need::WasmBindgen, Need::Firefox];
pub(crate) const WEBKIT_NEEDS: &[Need] = &[Need::WasmTarget, Need::WasmBindgen, Need::WebKit];

/// Seconds that the tests of one file may take in one place.
const TIMEOUT: &str = "900";
const FULL_TIMEOUT: &str = "3600";

/// Runs all files that belong to the place.
pub(crate) fn run(place: Place, full: bool) -> Result<()> {
    let tests = SUITES.iter().filter(|(_, places)| places.contains(&place));
    let tests: Vec<_> = tests.flat_map(|(test, _)| ["--test", *test]).collect();
    if tests.is_empty() {
        bail!("no test file is listed for this place; see xtask/src/wasm_tests.rs");
    }
    let mut command = test_command(place, full);
    command.args(["test", "--package", "foldlog", "--target", "wasm32-unknown-unknown"]);
    command.args(["--features", "testing,indexed-db"]).args(tests);
    shell::run(steps::long(&mut command, full))
}

/// Cargo, set up so that wasm-bindgen-test-runner, which is its runner, goes to the place.
fn test_command(place: Place, full: bool) -> Command {
    let mut cargo = match place {
        // MiniBrowser, which WebKitWebDriver starts, needs a display.
        WebKitPage => {
            let mut command = shell::command("xvfb-run");
            command.args(["-a", "cargo"]);
            command
        }
        _ => shell::cargo(),
    };
    cargo
        .env("WASM_BINDGEN_TEST_TIMEOUT", if full { FULL_TIMEOUT } else { TIMEOUT })
        .env("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "60");
    // The first of these variables that is set decides on the browser.
    for driver in ["GECKODRIVER", "SAFARIDRIVER", "CHROMEDRIVER", "MSEDGEDRIVER"] {
        cargo.env_remove(driver).env_remove(format!("{driver}_REMOTE"));
    }
    match place {
        Node => &mut cargo,
        ChromiumPage => cargo
            .env("CHROMEDRIVER", "chromedriver")
            .env("WASM_BINDGEN_USE_BROWSER", "1"),
        ChromiumWorker => cargo
            .env("CHROMEDRIVER", "chromedriver")
            .env("WASM_BINDGEN_USE_DEDICATED_WORKER", "1"),
        FirefoxPage => cargo
            .env("GECKODRIVER", "geckodriver")
            .env("WASM_BINDGEN_USE_BROWSER", "1"),
        // The runner speaks the same protocol to Safari's driver as to this one. Without
        // capabilities it starts MiniBrowser with --automation, as we want it. The tests only
        // load pages of this repository, and WebKit's sandbox does not start in a container.
        WebKitPage => cargo
            .env("SAFARIDRIVER", "WebKitWebDriver")
            .env("WASM_BINDGEN_USE_BROWSER", "1")
            .env("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1"),
    };
    cargo
}
