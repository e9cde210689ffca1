//! The command line: flags and values taken out one by one, so that what is left over is an error.

use anyhow::{Result, bail};

pub(crate) struct Args(Vec<String>);

impl Args {
    pub(crate) fn from_env() -> Self {
        Self(std::env::args().skip(1).collect())
    }

    /// The first word.
    pub(crate) fn command(&mut self) -> Option<String> {
        (!self.0.is_empty()).then(|| self.0.remove(0))
    }

    /// Whether the flag was given.
    pub(crate) fn flag(&mut self, name: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|arg| arg != name);
        self.0.len() < before
    }

    /// The value after each occurrence of the option.
    pub(crate) fn values(&mut self, name: &str) -> Result<Vec<String>> {
        let mut values = Vec::new();
        while let Some(at) = self.0.iter().position(|arg| arg == name) {
            if at + 1 == self.0.len() {
                bail!("{name} needs a value after it");
            }
            values.push(self.0.remove(at + 1));
            self.0.remove(at);
        }
        Ok(values)
    }

    /// Nothing may be left that no one asked for.
    pub(crate) fn finish(self) -> Result<()> {
        match self.0.first() {
            None => Ok(()),
            Some(arg) => bail!("unexpected argument {arg:?}; see `cargo xtask help`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Args;

    fn args(words: &[&str]) -> Args {
        Args(words.iter().map(|word| (*word).to_owned()).collect())
    }

    #[test]
    fn takes_flags_and_repeated_values() {
        let mut args = args(&["test", "--only", "fmt", "--full", "--only", "unit"]);
        assert_eq!(args.command().as_deref(), Some("test"));
        assert!(args.flag("--full"));
        assert!(!args.flag("--full"));
        assert_eq!(args.values("--only").unwrap(), ["fmt", "unit"]);
        args.finish().unwrap();
    }

    #[test]
    fn refuses_what_is_left_over_and_missing_values() {
        assert!(args(&["--fast"]).finish().is_err());
        assert!(args(&["--port"]).values("--port").is_err());
    }
}
