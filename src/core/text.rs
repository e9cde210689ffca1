use std::{borrow::Borrow, fmt, sync::Arc};

/// Declares a checked, cheaply cloned text of the vocabulary.
macro_rules! checked_text {
    ($(#[$doc:meta])* $name:ident, max $max:literal, reserved $reserved:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Takes the text if it fits the rules.
            ///
            /// # Errors
            ///
            /// The reason, without the field's name: the text is empty, too long, reserved or contains NUL.
            pub fn parse(text: &str) -> Result<Self, String> {
                checked(text, $max, $reserved).map(Self)
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl super::Key for $name {
            fn key(&self) -> &[u8] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

checked_text! {
    /// The id of an aggregate, unique in its log: 1..255 bytes of UTF-8 without NUL, compared byte for byte, not beginning with `$`.
    AggregateId, max 255, reserved true
}
checked_text! {
    /// The fixed type of an aggregate: 1..100 bytes of UTF-8 without NUL, not beginning with `$`.
    AggregateType, max 100, reserved true
}
checked_text! {
    /// The type of an event: 1..100 bytes of UTF-8 without NUL, not beginning with `$`.
    EventType, max 100, reserved true
}
checked_text! {
    /// A tag or a reference (`causedBy`, `causationId`, `correlationId`): 1..255 bytes of UTF-8 without NUL.
    Label, max 255, reserved false
}
checked_text! {
    /// The declared identity of a reducer, to which its snapshots are tied: 1..255 bytes of UTF-8 without NUL.
    ReducerIdentity, max 255, reserved false
}
checked_text! {
    /// The name of a consumer that stores a checkpoint: 1..255 bytes of UTF-8 without NUL, not beginning with `$`.
    CheckpointName, max 255, reserved true
}

fn checked(text: &str, max: usize, reserved: bool) -> Result<Arc<str>, String> {
    if text.is_empty() {
        return Err(format!("is empty; 1 to {max} bytes are allowed"));
    }
    if text.len() > max {
        return Err(format!("has {} bytes; at most {max} are allowed", text.len()));
    }
    if text.contains('\0') {
        return Err("contains NUL (U+0000)".to_owned());
    }
    if reserved && text.starts_with('$') {
        return Err("begins with \"$\"; such names are reserved".to_owned());
    }
    Ok(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_is_counted_in_bytes() {
        assert!(AggregateType::parse(&"é".repeat(50)).is_ok());
        assert_eq!(
            AggregateType::parse(&"é".repeat(51)).unwrap_err(),
            "has 102 bytes; at most 100 are allowed"
        );
        assert!(AggregateId::parse(&"x".repeat(255)).is_ok());
        assert!(AggregateId::parse(&"x".repeat(256)).is_err());
    }

    #[test]
    fn reserved_names_empty_text_and_nul_are_refused() {
        assert!(AggregateId::parse("$all").is_err());
        assert!(AggregateId::parse("").is_err());
        assert!(EventType::parse("a\0b").is_err());
        assert!(Label::parse("$price").is_ok());
    }

    #[test]
    fn names_of_javascript_are_ordinary_and_look_alikes_differ() {
        assert!(AggregateId::parse("__proto__").is_ok());
        assert_ne!(
            AggregateId::parse("é").unwrap(),
            AggregateId::parse("e\u{301}").unwrap()
        );
    }
}
