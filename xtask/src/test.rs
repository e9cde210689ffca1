//! `cargo xtask check` and `cargo xtask test`: run the steps in order, stop at the first failure.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::args::Args;
use crate::package::{self, Profile};
use crate::setup::{self, Need};
use crate::steps::{BUILD, STEPS, Step};

pub(crate) fn check_command(args: Args) -> Result<ExitCode> {
    args.finish()?;
    run(&STEPS.iter().filter(|step| step.is_check).collect::<Vec<_>>(), false)
}

pub(crate) fn test_command(mut args: Args) -> Result<ExitCode> {
    let full = args.flag("--full");
    let list = args.flag("--list");
    let only = args.values("--only")?;
    args.finish()?;
    if list {
        for step in STEPS {
            println!("{}", step.name);
        }
        return Ok(ExitCode::SUCCESS);
    }
    run(&selected(&only)?, full)
}

/// The named steps in their order, or all if none is named.
fn selected(only: &[String]) -> Result<Vec<&'static Step>> {
    let known = |name: &String| STEPS.iter().any(|step| step.name == name);
    if let Some(unknown) = only.iter().find(|name| !known(name)) {
        bail!("no step is called {unknown:?}; `cargo xtask test --list` names them");
    }
    let wanted = |step: &&Step| only.is_empty() || only.iter().any(|name| step.name == name);
    Ok(STEPS.iter().filter(wanted).collect())
}

/// Runs the steps; the last line printed counts them.
fn run(steps: &[&Step], full: bool) -> Result<ExitCode> {
    let start = Instant::now();
    let needs: Vec<Need> = steps.iter().flat_map(|step| step.needs).copied().collect();
    setup::ensure(&needs)?;
    // Asked for alone, a step gets the package of now, not of some earlier time.
    let builds = steps.iter().any(|step| step.name == BUILD);
    if !builds && steps.iter().any(|step| step.uses_package) {
        setup::ensure(package::NEEDS)?;
        package::build(Profile::Release)?;
    }
    for (passed, step) in steps.iter().enumerate() {
        let label = format!("[{}/{}] {}", passed + 1, steps.len(), step.name);
        println!("\n{label}");
        let step_start = Instant::now();
        let outcome = (step.run)(full);
        let time = seconds(step_start);
        if let Err(error) = outcome {
            println!("{label}: failed after {time}: {error:#}");
            let long = if full { " --full" } else { "" };
            println!("to run it alone: cargo xtask test --only {}{long}", step.name);
            println!("{passed} passed, 1 failed, {} skipped", steps.len() - passed - 1);
            return Ok(ExitCode::FAILURE);
        }
        println!("{label}: ok, {time}");
    }
    println!("\nall steps took {}", seconds(start));
    println!("{} passed, 0 failed", steps.len());
    Ok(ExitCode::SUCCESS)
}

fn seconds(since: Instant) -> String {
    format!("{:.1} s", since.elapsed().as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::{STEPS, selected};

    #[test]
    fn steps_are_chosen_by_name_and_keep_their_order() {
        let only = ["unit".to_owned(), "fmt".to_owned()];
        let names: Vec<_> = selected(&only).unwrap().iter().map(|step| step.name).collect();
        assert_eq!(names, ["fmt", "unit"]);
        assert_eq!(selected(&[]).unwrap().len(), STEPS.len());
        assert!(selected(&["fast".to_owned()]).is_err());
    }
}
