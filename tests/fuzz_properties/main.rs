//! What must hold for any input, on the stable toolchain: the inputs that were kept, and random ones near them. The programs in
//! `fuzz/` look for more.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]
#![cfg(not(all(target_family = "wasm", target_os = "unknown")))]

mod kept;
mod properties;
mod texts;

use proptest::{prelude::*, sample::Index};

use properties::TARGETS;

/// A change of an input: of one byte, of a stretch that goes, or of a stretch of another input that comes in.
#[derive(Clone, Debug)]
enum Change {
    Byte(Index, u8),
    Remove(Index, u8),
    Insert(Index, Index, Index, u8),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        4 => (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Change::Byte(at, byte)),
        1 => (any::<Index>(), 1..40_u8).prop_map(|(at, length)| Change::Remove(at, length)),
        2 => (any::<Index>(), any::<Index>(), any::<Index>(), 1..40_u8)
            .prop_map(|(at, other, from, length)| Change::Insert(at, other, from, length)),
    ]
}

fn changed(mut input: Vec<u8>, changes: &[Change], all: &[Vec<u8>]) -> Vec<u8> {
    let stretch = |bytes: &[u8], from: &Index, length: u8| {
        let from = from.index(bytes.len() + 1);
        from..(from + usize::from(length)).min(bytes.len())
    };
    for change in changes {
        match change {
            Change::Byte(at, byte) if !input.is_empty() => {
                let at = at.index(input.len());
                input[at] = *byte;
            }
            Change::Byte(_, byte) => input.push(*byte),
            Change::Remove(at, length) => drop(input.drain(stretch(&input, at, *length))),
            Change::Insert(at, other, from, length) => {
                let other = other.get(all);
                let inserted = other[stretch(other, from, *length)].to_vec();
                let at = at.index(input.len() + 1);
                input.splice(at..at, inserted);
            }
        }
    }
    input
}

#[test]
fn every_input_that_was_kept_holds() {
    for (name, _) in TARGETS {
        let inputs = kept::of(name);
        assert!(!inputs.is_empty(), "no seeds of {name}");
        for (file, input) in inputs {
            // Shown if the test fails: the input that made it fail is the last one named.
            println!("{file}");
            properties::hold(name, &input);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(kept::cases(400)))]

    #[test]
    fn every_input_near_those_holds(
        chosen in any::<Index>(),
        changes in prop::collection::vec(change(), 1..6),
    ) {
        for (name, _) in TARGETS {
            let inputs: Vec<_> = kept::of(name).into_iter().map(|(_, input)| input).collect();
            properties::hold(name, &changed(chosen.get(&inputs).clone(), &changes, &inputs));
        }
    }

    #[test]
    fn any_bytes_hold(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for (name, _) in TARGETS {
            properties::hold(name, &bytes);
        }
    }
}
