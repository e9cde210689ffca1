//! Debian's packages: the browsers, their drivers, a display, Python, PostgreSQL.

use anyhow::{Result, bail};

use super::Need;
use crate::private_postgres;
use crate::shell;

/// A program and the package that brings it.
struct Program {
    name: &'static str,
    package: &'static str,
    need: Need,
}

const PROGRAMS: &[Program] = &[
    Program {
        name: "node",
        package: "nodejs",
        need: Need::NodeTools,
    },
    Program {
        name: "npm",
        package: "npm",
        need: Need::NodeTools,
    },
    Program {
        name: "chromium",
        package: "chromium",
        need: Need::Chromium,
    },
    Program {
        name: "chromedriver",
        package: "chromium-driver",
        need: Need::Chromium,
    },
    Program {
        name: "firefox-esr",
        package: "firefox-esr",
        need: Need::Firefox,
    },
    Program {
        name: "WebKitWebDriver",
        package: "webkit2gtk-driver",
        need: Need::WebKit,
    },
    Program {
        name: "Xvfb",
        package: "xvfb",
        need: Need::WebKit,
    },
    Program {
        name: "xauth",
        package: "xauth",
        need: Need::WebKit,
    },
    Program {
        name: "python3",
        package: "python3-pip",
        need: Need::Pip,
    },
    Program {
        name: "initdb",
        package: "postgresql",
        need: Need::Postgres,
    },
];

/// Installs in one go all packages that these needs still lack.
pub(super) fn ensure(needs: &[Need]) -> Result<()> {
    let (present, missing): (Vec<_>, Vec<_>) = PROGRAMS
        .iter()
        .filter(|program| needs.contains(&program.need))
        .partition(|program| is_there(program));
    for program in present {
        super::found(program.name);
    }
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<_> = missing.iter().map(|program| program.package).collect();
    if !may_install() {
        let programs: Vec<_> = missing.iter().map(|program| program.name).collect();
        bail!(
            "{} not found on the PATH, and packages can be installed here only by root with \
             apt-get; run `sudo apt-get update && sudo apt-get install -y {}`, or install them \
             in this system's own way",
            programs.join(", "),
            packages.join(" ")
        );
    }
    super::installing(&packages.join(" "), "Debian's packages, not found on the PATH");
    shell::run(shell::command("apt-get").args(["update", "-q"]))?;
    shell::run(
        shell::command("apt-get")
            .env("DEBIAN_FRONTEND", "noninteractive")
            .args(["install", "-y", "-q"])
            .args(packages),
    )
}

fn is_there(program: &Program) -> bool {
    let versions = || {
        std::fs::read_dir(private_postgres::VERSIONS)
            .into_iter()
            .flatten()
            .flatten()
    };
    match program.need {
        Need::Postgres => versions().any(|version| version.path().join("bin").join(program.name).is_file()),
        _ => shell::find(program.name).is_some(),
    }
}

fn may_install() -> bool {
    let root = shell::text(shell::command("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    root && shell::find("apt-get").is_some()
}
