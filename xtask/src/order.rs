//! The order of the wasm's functions: like ones next to each other, since gzip finds again only what stood shortly before.

use std::collections::{HashMap, HashSet};

use anyhow::{Context, Result, bail};

/// Tells wasm-opt to order the functions by the names that [`name_by_likeness`] gave them; it does not write the names.
pub(crate) const OPTION: &str = "--reorder-functions-by-name";

/// Functions are alike by the runs of so many bytes that both have. Four and six give 300 bytes more.
const RUN: usize = 5;

/// What a function has in common with those before counts so much less with each one further back.
const FADING: f64 = 0.6;

const IMPORTS: u8 = 2;
const CODE: u8 = 10;
/// The kind of an import, and the part of the name section, that is about functions.
const OF_FUNCTIONS: [u8; 2] = [0, 1];

/// A wasm without names, with a name for each function: its place in a chain that goes on with the likest one that is left.
pub(crate) fn name_by_likeness(wasm: &[u8]) -> Result<Vec<u8>> {
    let module = Module::read(wasm).context("cannot read the wasm")?;
    let mut places: Vec<(usize, usize)> = chain(&module.bodies)
        .into_iter()
        .enumerate()
        .map(|(place, function)| (function + module.imported, place))
        .collect();
    places.sort_unstable();
    let mut entries = Vec::new();
    write_number(&mut entries, places.len());
    for (function, place) in places {
        write_number(&mut entries, function);
        write_sized(&mut entries, format!("{place:06}").as_bytes());
    }
    let mut section = Vec::new();
    write_sized(&mut section, b"name");
    section.push(OF_FUNCTIONS[1]);
    write_sized(&mut section, &entries);
    let mut with_names = wasm.to_vec();
    // A section that is not of the standard's own has the number 0.
    with_names.push(0);
    write_sized(&mut with_names, &section);
    Ok(with_names)
}

/// The functions from the longest one on, each followed by the one that is likest to those right before it.
fn chain(bodies: &[&[u8]]) -> Vec<usize> {
    let runs: Vec<HashSet<&[u8]>> = bodies.iter().map(|body| body.windows(RUN).collect()).collect();
    let mut holders: HashMap<&[u8], Vec<usize>> = HashMap::new();
    for (function, runs) in runs.iter().enumerate() {
        for run in runs {
            holders.entry(run).or_default().push(function);
        }
    }
    // A long function has more in common with any other one.
    let weights: Vec<f64> = runs
        .iter()
        .map(|runs| runs.iter().fold(1.0, |sum, _| sum + 1.0))
        .collect();
    let mut shared = vec![0.0; bodies.len()];
    let mut left: Vec<usize> = (0..bodies.len()).collect();
    let mut chain = Vec::with_capacity(left.len());
    let mut next = left.iter().copied().max_by_key(|function| bodies[*function].len());
    while let Some(current) = next {
        chain.push(current);
        left.retain(|function| *function != current);
        for sum in &mut shared {
            *sum *= FADING;
        }
        for function in runs[current].iter().flat_map(|run| &holders[run]) {
            shared[*function] += 1.0;
        }
        let likeness = |function: usize| shared[function] / weights[function].sqrt();
        next = left
            .iter()
            .copied()
            .reduce(|best, other| if likeness(other) > likeness(best) { other } else { best });
    }
    chain
}

/// What is needed of a wasm.
struct Module<'a> {
    /// How many functions are imported; their numbers come first.
    imported: usize,
    bodies: Vec<&'a [u8]>,
}

impl<'a> Module<'a> {
    fn read(wasm: &'a [u8]) -> Result<Self> {
        let mut reader = Reader(wasm);
        if reader.take(8)? != b"\0asm\x01\0\0\0" {
            bail!("it is no module of version 1");
        }
        let mut module = Self {
            imported: 0,
            bodies: Vec::new(),
        };
        while !reader.0.is_empty() {
            let kind = reader.byte()?;
            let mut section = Reader(reader.sized()?);
            match kind {
                IMPORTS => {
                    module.imported = section.number()?;
                    for _ in 0..module.imported {
                        section.sized()?;
                        section.sized()?;
                        if section.byte()? != OF_FUNCTIONS[0] {
                            bail!("it imports something that is no function");
                        }
                        section.number()?;
                    }
                }
                CODE => {
                    for _ in 0..section.number()? {
                        module.bodies.push(section.sized()?);
                    }
                }
                _ => {}
            }
        }
        Ok(module)
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length).context("it ends too early")?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8> {
        Ok(self.take(1)?[0])
    }

    /// An unsigned number in LEB128.
    fn number(&mut self) -> Result<usize> {
        let mut number = 0;
        for shift in (0..u32::BITS).step_by(7) {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        bail!("it has a number of more than 32 bits")
    }

    /// Bytes with their number before them.
    fn sized(&mut self) -> Result<&'a [u8]> {
        let length = self.number()?;
        self.take(length)
    }
}

fn write_number(out: &mut Vec<u8>, mut number: usize) {
    loop {
        let lowest = number.to_le_bytes()[0] & 0x7f;
        number >>= 7;
        if number == 0 {
            out.push(lowest);
            return;
        }
        out.push(lowest | 0x80);
    }
}

fn write_sized(out: &mut Vec<u8>, bytes: &[u8]) {
    write_number(out, bytes.len());
    out.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::{chain, name_by_likeness};

    #[test]
    fn like_functions_stand_together() {
        let bodies: [&[u8]; 4] = [b"a long function", b"other words", b"along functions", b"other word"];
        assert_eq!(chain(&bodies), [2, 0, 1, 3]);
    }

    #[test]
    fn functions_are_numbered_after_the_imported_ones() {
        // One type; one imported function "a" "b"; two functions, the second one longer.
        let wasm = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x02\x07\x01\x01a\x01b\0\0\x03\x03\x02\0\0\x0a\x08\x02\x02\0\x0b\x03\0\x01\x0b";
        let names = b"\0\x18\x04name\x01\x11\x02\x01\x06000001\x02\x06000000";
        assert_eq!(name_by_likeness(wasm).unwrap(), [&wasm[..], names].concat());
    }

    #[test]
    fn a_wasm_that_is_cut_off_is_told() {
        assert!(name_by_likeness(b"\0asm\x01\0\0\0\x0a\x08\x02\x02").is_err());
    }
}
