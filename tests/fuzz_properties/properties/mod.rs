//! What must hold for any input at all.
//!
//! Each target takes the bytes of one input and panics if something does not hold. The fuzz targets in `fuzz/` and the tests on the
//! stable toolchain beside this module run the same ones.

mod copies;
mod events;
mod exports;
mod inputs;
mod json;
mod raw;
mod records;
mod stores;
mod values;
mod wire;

/// What one input is given to.
type Target = fn(&[u8]);

/// The targets by name: that of the program in `fuzz/`, and of the folders with its seeds and crashers.
pub(crate) const TARGETS: [(&str, Target); 5] = [
    ("records", records),
    ("inputs", inputs),
    ("exports", exports),
    ("values", values),
    ("wire", wire),
];

/// Runs an input of a target by its name.
pub(crate) fn hold(target: &str, data: &[u8]) {
    let (_, run) = TARGETS.iter().find(|(name, _)| *name == target).unwrap();
    run(data);
}

/// The decoders of records and copies: a byte that chooses (0: record), two bytes with the length of the directory, the directory
/// without its checksum, the text. It is decoded as it stands and under a checksum that fits.
fn records(data: &[u8]) {
    let [chosen, high, low, rest @ ..] = data else { return };
    let length = usize::from(u16::from_be_bytes([*high, *low])).min(rest.len());
    let (directory, text) = rest.split_at(length);
    let text = String::from_utf8_lossy(text);
    let hold = if *chosen == 0 { records::hold } else { copies::hold };
    hold(directory, &text);
    hold(&records::sealed(directory), &text);
}

/// The readers of what a caller sends: a line of events to append, then the options of the append, a filter or a head.
fn inputs(data: &[u8]) {
    inputs::hold(&String::from_utf8_lossy(data));
}

/// The import: the lines of an export, as they stand and under links that fit.
fn exports(data: &[u8]) {
    exports::hold(&String::from_utf8_lossy(data));
}

/// The texts of times, cursors, heads and snapshots.
fn values(data: &[u8]) {
    values::hold(&String::from_utf8_lossy(data));
}

/// The bodies that a client and a server read from each other.
fn wire(data: &[u8]) {
    wire::hold(&String::from_utf8_lossy(data));
}
