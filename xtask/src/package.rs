//! `cargo xtask build`: the npm package, finished in `pkg/`.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::args::Args;
use crate::setup::{self, Need};
use crate::{names, order, shell, size};

/// What a build needs from the machine.
pub(crate) const NEEDS: &[Need] = &[Need::WasmTarget, Need::RustSource, Need::WasmBindgen, Need::NodeTools];

/// The features that rustc lets its wasm32 code use today.
const WASM_FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Builds the standard library along, so that a panic is a bare trap: the text of a panic goes nowhere in a browser, yet
/// it and the code that formats it are a tenth of the wasm (ADR 0005). SHA-256 stays a loop: unrolled it is no faster here.
const RELEASE: &[&str] = &[
    "-Zbuild-std=std,panic_abort",
    "-Zbuild-std-features=optimize_for_size",
    "--config",
    "target.wasm32-unknown-unknown.rustflags=[\
     '-Zunstable-options', '-Cpanic=immediate-abort', '-Zlocation-detail=none', '-Zfmt-debug=none', \
     '--cfg', 'sha2_backend_soft=\"compact\"']",
];

/// Some passes that make the wasm smaller make its gzip larger, since they break up what repeats itself; so do hints of alignment,
/// which the engines that matter do without. Low memory is unused: there the stack ends, and the linker puts data behind it.
const OPTIMIZATION: &[&str] = &[
    "-Oz",
    "--skip-pass=reorder-functions",
    "--skip-pass=inlining-optimizing",
    "--skip-pass=local-cse",
    "--skip-pass=simplify-locals",
    "--low-memory-unused",
    "--dealign",
    "--strip-target-features",
];

/// Files of the package that stand elsewhere in the repository.
const COPIED: &[(&str, &str)] = &[
    ("pkg-template/package.json", "package.json"),
    ("README.md", "README.md"),
    ("LICENSE-MIT", "LICENSE-MIT"),
    ("LICENSE-APACHE", "LICENSE-APACHE"),
];

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    Dev,
    Release,
}

pub(crate) fn command(mut args: Args) -> Result<()> {
    let profile = if args.flag("--dev") {
        Profile::Dev
    } else {
        Profile::Release
    };
    let record = args.flag("--record");
    args.finish()?;
    if record && profile == Profile::Dev {
        bail!("--record needs the release build; leave out --dev");
    }
    setup::ensure(NEEDS)?;
    build(profile)?;
    match profile {
        Profile::Release => size::report(record),
        Profile::Dev => Ok(()),
    }
}

/// Makes the package anew.
pub(crate) fn build(profile: Profile) -> Result<()> {
    for folder in ["pkg/wasm", "pkg/dist"] {
        let folder = shell::root().join(folder);
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
        }
        fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    }
    wasm(profile, "indexed-db,js,remote", "pkg/wasm")?;
    facade()?;
    copies()
}

/// Makes the variant of the package in `pkg/` whose core has deliberate faults to turn on, unoptimised, in `target/pkg-testing/`.
pub(crate) fn build_testing() -> Result<()> {
    let folder = "target/pkg-testing";
    let path = shell::root().join(folder);
    if path.exists() {
        fs::remove_dir_all(&path).with_context(|| format!("cannot remove {folder}"))?;
    }
    wasm(Profile::Dev, "indexed-db,js,remote,testing", &format!("{folder}/wasm"))?;
    // The facade is the same.
    shell::copy_folder(&shell::root().join("pkg/dist"), &path.join("dist"), &[])
}

fn wasm(profile: Profile, features: &str, out: &str) -> Result<()> {
    let target = "wasm32-unknown-unknown";
    let mut cargo = shell::cargo();
    cargo.args(["build", "--lib", "--package", "foldlog", "--target", target]);
    cargo.args(["--no-default-features", "--features", features]);
    let mut bindgen = shell::command("wasm-bindgen");
    bindgen.args([
        "--target",
        "web",
        "--out-dir",
        out,
        "--out-name",
        "foldlog_wasm",
        "--omit-default-module-path",
    ]);
    let folder = match profile {
        Profile::Dev => {
            bindgen.args(["--debug", "--keep-debug"]);
            "debug"
        }
        Profile::Release => {
            // Stable cargo offers these options to whoever sets this.
            cargo.env("RUSTC_BOOTSTRAP", "1").arg("--release").args(RELEASE);
            bindgen.args(["--remove-name-section", "--remove-producers-section"]);
            "release"
        }
    };
    shell::run(&mut cargo)?;
    shell::run(bindgen.arg(format!("{}/{target}/{folder}/foldlog.wasm", target_dir()?)))?;
    if profile == Profile::Release {
        optimize(out)?;
    }
    Ok(())
}

/// Makes the wasm smaller, and the names between it and its glue short.
fn optimize(out: &str) -> Result<()> {
    let wasm = format!("{out}/foldlog_wasm_bg.wasm");
    let mut wasm_opt = shell::npm_tool("wasm-opt");
    wasm_opt.args(OPTIMIZATION).args(WASM_FEATURES).arg(names::OPTION);
    let names = shell::text(wasm_opt.args([&*wasm, "-o", &*wasm]))?;
    reorder(&wasm)?;
    let glue = shell::root().join(out).join("foldlog_wasm.js");
    let text = fs::read_to_string(&glue).with_context(|| format!("cannot read {}", glue.display()))?;
    fs::write(&glue, names::shorten(&text, &names)?).with_context(|| format!("cannot write {}", glue.display()))?;
    // The types of the wasm's own exports: only the glue calls these, and by other names now.
    let types = shell::root().join(format!("{wasm}.d.ts"));
    fs::remove_file(&types).with_context(|| format!("cannot remove {}", types.display()))
}

/// Puts like functions next to each other. What the first optimization left over, the second one finds.
fn reorder(wasm: &str) -> Result<()> {
    let path = shell::root().join(wasm);
    let read = fs::read(&path).with_context(|| format!("cannot read {wasm}"))?;
    let with_names = order::name_by_likeness(&read)?;
    fs::write(&path, with_names).with_context(|| format!("cannot write {wasm}"))?;
    let mut wasm_opt = shell::npm_tool("wasm-opt");
    wasm_opt.args(OPTIMIZATION).args(WASM_FEATURES).arg(order::OPTION);
    shell::run(wasm_opt.args([wasm, "-o", wasm]))
}

fn facade() -> Result<()> {
    let project = ["--project", "pkg-template/tsconfig.json"];
    shell::run(
        shell::npm_tool("tsc")
            .args(project)
            .args(["--noEmit", "false", "--outDir", "pkg/dist"]),
    )
}

fn copies() -> Result<()> {
    for (from, to) in COPIED {
        fs::copy(shell::root().join(from), shell::root().join("pkg").join(to))
            .with_context(|| format!("cannot copy {from} to pkg/{to}"))?;
    }
    let manifest = read_json(&shell::root().join("pkg/package.json"))?;
    let (ours, theirs) = (env!("CARGO_PKG_VERSION"), &manifest["version"]);
    if theirs != ours {
        bail!(
            "pkg-template/package.json has version {theirs}, Cargo.toml has {ours:?}; \
             make them the same"
        );
    }
    Ok(())
}

pub(crate) fn read_json(path: &Path) -> Result<Value> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not JSON", path.display()))
}

/// Where cargo puts what it builds, whatever the environment says.
fn target_dir() -> Result<String> {
    let metadata = shell::output(shell::cargo().args(["metadata", "--no-deps", "--format-version", "1"]))?;
    let metadata: Value = serde_json::from_slice(&metadata)?;
    let folder = metadata["target_directory"].as_str();
    Ok(folder.context("cargo metadata names no target_directory")?.to_owned())
}
