//! The decoder of copies: it refuses or gives a copy that can be used in every way.

use foldlog::core::{MAX_SAFE_INTEGER, record::Excerpt};

pub(super) fn hold(directory: &[u8], text: &str) {
    let Ok(copy) = Excerpt::decode(directory, text.to_owned()) else {
        return;
    };
    assert_eq!(copy.encode_directory(), directory, "one copy, two spellings");
    let texts: Vec<_> = (0..copy.entries().len()).map(|index| copy.event_text(index)).collect();
    assert_eq!(texts.join(","), text);
    assert!(texts.iter().all(|text| text.len() > 1), "an event without text");
    let mut last = 0;
    for entry in copy.entries() {
        assert!(entry.sequence_number > last);
        assert!((1..=MAX_SAFE_INTEGER).contains(&entry.aggregate_version));
        last = entry.sequence_number;
    }
    let mut joined = Excerpt::default();
    joined.absorb(&copy);
    assert_eq!(joined, copy);
}
