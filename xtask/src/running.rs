//! Processes that end with the value that holds them.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command};

use anyhow::{Context, Result};

use crate::shell;

pub(crate) struct Running(Child);

impl Running {
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        let line = shell::describe(command);
        command
            .spawn()
            .map(Self)
            .with_context(|| format!("cannot start `{line}`"))
    }

    pub(crate) fn process(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already; there is nothing left to stop then.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The first line for which `find` gives something; what follows is read on and dropped, so that the process can go on writing.
pub(crate) fn find_in_lines<T>(output: impl Read + Send + 'static, find: impl Fn(&str) -> Option<T>) -> Result<T> {
    let mut lines = BufReader::new(output).lines();
    let mut seen = String::new();
    while let Some(Ok(line)) = lines.next() {
        if let Some(found) = find(&line) {
            std::thread::spawn(move || lines.for_each(drop));
            return Ok(found);
        }
        seen = line;
    }
    anyhow::bail!("the process ended; the last that it said was {seen:?}")
}
