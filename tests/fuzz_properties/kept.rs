//! The inputs that were kept: seeds made from the test vectors, and crashers, each of which made a target fail once.

use std::{env, fs, path::Path};

/// All inputs of a target, with the files that they are in.
pub(crate) fn of(target: &str) -> Vec<(String, Vec<u8>)> {
    let mut inputs = Vec::new();
    for folder in ["seeds", "crashers"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/fuzz_properties")
            .join(folder)
            .join(target);
        // A target that never failed has no crashers.
        let Ok(files) = fs::read_dir(folder) else { continue };
        for file in files {
            let path = file.unwrap().path();
            inputs.push((path.display().to_string(), fs::read(path).unwrap()));
        }
    }
    inputs.sort();
    inputs
}

/// How many random inputs to try: many more if the long numbers are asked for.
pub(crate) fn cases(number: u32) -> u32 {
    if env::var_os("FOLDLOG_FULL").is_some() {
        number * 50
    } else {
        number
    }
}
