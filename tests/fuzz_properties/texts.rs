//! Texts that are JSON or nearly so, for the targets that read texts.

use proptest::prelude::*;

use crate::properties;

/// Texts that are JSON, with odd spacing and escapes.
fn json() -> impl Strategy<Value = String> {
    let leaves = [
        "null",
        "true",
        "false",
        "0",
        "-0",
        "12",
        "-3.50",
        "1e5",
        "2E-7",
        "1.5e+400",
        "\"\"",
        "\"a\"",
        "\"\\u00e9\\n\\\"\"",
        "\"\\ud83d\\ude00\"",
        "\"é😀\"",
        "\"\\ud800\"",
        "9007199254740993",
    ];
    let leaf = prop::sample::select(leaves.to_vec()).prop_map(str::to_owned);
    let space = || prop::sample::select(&["", "", " ", "\n", "\t \r"][..]);
    leaf.prop_recursive(6, 40, 5, move |inner| {
        prop_oneof![
            (prop::collection::vec(inner.clone(), 0..5), space(), space())
                .prop_map(|(items, a, b)| format!("[{a}{}{b}]", items.join(&format!("{b},{a}")))),
            (prop::collection::vec(inner, 0..4), space(), space()).prop_map(|(items, a, b)| {
                let members: Vec<_> = items.iter().map(|item| format!("\"k\\t\"{a}:{b}{item}")).collect();
                format!("{a}{{{b}{}{a}}}{b}", members.join(&format!("{a},{b}")))
            }),
        ]
    })
}

/// The same text with a few characters changed, taken out or put in.
fn mutated() -> impl Strategy<Value = String> {
    let characters = prop::sample::select(
        &[
            '{', '}', '[', ']', ',', ':', '"', '\\', '0', '1', '-', '.', 'e', 'u', ' ', '\u{1}', 'é', 't',
        ][..],
    );
    (
        json(),
        prop::collection::vec((any::<prop::sample::Index>(), 0..3_u8, characters), 1..4),
    )
        .prop_map(|(text, changes)| {
            let mut characters: Vec<char> = text.chars().collect();
            for (at, kind, character) in changes {
                let at = at.index(characters.len().max(1));
                match kind {
                    0 if at < characters.len() => characters[at] = character,
                    1 if at < characters.len() => drop(characters.remove(at)),
                    _ => characters.insert(at, character),
                }
            }
            characters.into_iter().collect()
        })
}

/// By itself, and as the payload of an event.
fn read_everywhere(text: &str) {
    for target in ["inputs", "exports", "values", "wire"] {
        properties::hold(target, text.as_bytes());
    }
    let names = r#""aggregateId":"a","aggregateType":"t","eventType":"e""#;
    properties::hold("inputs", format!("[{{{names},\"eventData\":{text}}}]").as_bytes());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn json_holds(text in json()) {
        read_everywhere(&text);
    }

    #[test]
    fn changed_json_holds(text in mutated()) {
        read_everywhere(&text);
    }

    #[test]
    fn any_text_holds(text in "\\PC{0,12}", json in "[\\[\\]{},:\"\\\\0-9.eE+\\-truefalsn ]{0,16}", time in "[0-9TZ:.\\-]{18,25}") {
        read_everywhere(&text);
        read_everywhere(&json);
        properties::hold("values", time.as_bytes());
    }
}
