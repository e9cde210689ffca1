use std::fmt;

use sha2::{Digest as _, Sha256};
use uuid::{Uuid, Variant};

/// Declares a UUID of the vocabulary.
macro_rules! uuid_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Uuid);

        impl $name {
            /// The UUID with these bytes.
            pub fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// The bytes, most significant first.
            pub fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }

            /// Reads the hyphenated form of 36 characters, in either case.
            ///
            /// # Errors
            ///
            /// The reason, for any other text.
            pub fn parse(text: &str) -> Result<Self, String> {
                if text.len() != 36 {
                    return Err("is not a UUID of 36 characters".to_owned());
                }
                Uuid::try_parse(text).map(Self).map_err(|_| "is not a UUID of 36 characters".to_owned())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut buffer = [0; 36];
                f.write_str(self.0.hyphenated().encode_lower(&mut buffer))
            }
        }
    };
}

uuid_type! {
    /// The id of an event, unique in its log.
    EventId
}
uuid_type! {
    /// The epoch of a log: changes when it is restored to an earlier point or imported into another place.
    Epoch
}

impl super::Key for EventId {
    fn key(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl EventId {
    /// A UUIDv7 (RFC 9562 §5.7) of a time and ten random bytes.
    pub fn from_time(millis: i64, random: [u8; 10]) -> Self {
        let time = u64::try_from(millis).unwrap_or(0).to_be_bytes();
        let mut bytes = [0; 16];
        bytes[..6].copy_from_slice(&time[2..]);
        bytes[6..].copy_from_slice(&random);
        bytes[6] = 0x70 | bytes[6] & 0x0f;
        bytes[8] = 0x80 | bytes[8] & 0x3f;
        Self::from_bytes(bytes)
    }

    /// Whether it is ordered by time: a UUIDv7.
    pub fn is_time_ordered(&self) -> bool {
        self.0.get_version_num() == 7 && self.0.get_variant() == Variant::RFC4122
    }
}

impl Epoch {
    /// A UUIDv4 (RFC 9562 §5.4) of random bytes.
    pub fn from_random(mut random: [u8; 16]) -> Self {
        random[6] = 0x40 | random[6] & 0x0f;
        random[8] = 0x80 | random[8] & 0x3f;
        Self::from_bytes(random)
    }
}

/// The id that event `index` of a command has, whoever repeats the command: a UUIDv8 (RFC 9562 §5.8).
///
/// Its bits are the SHA-256 of `foldlog.command` and NUL, the command id in UTF-8, NUL, and the index as four bytes, most significant first.
pub fn command_event_id(command_id: &str, index: u32) -> EventId {
    let mut hash = Sha256::new();
    hash.update(b"foldlog.command\0");
    hash.update(command_id.as_bytes());
    hash.update([0]);
    hash.update(index.to_be_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    bytes[6] = 0x80 | bytes[6] & 0x0f;
    bytes[8] = 0x80 | bytes[8] & 0x3f;
    EventId::from_bytes(bytes)
}

/// Declares a SHA-256 of the vocabulary.
macro_rules! hash_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $name([u8; 32]);

        impl $name {
            /// The hash with these bytes.
            pub fn from_bytes(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// The bytes.
            pub fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }

            /// Reads 64 hexadecimal digits.
            ///
            /// # Errors
            ///
            /// The reason, for any other text.
            pub fn parse(text: &str) -> Result<Self, String> {
                from_hex(text).map(Self).ok_or_else(|| "is not 64 hexadecimal digits".to_owned())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }
    };
}

hash_type! {
    /// The digest of an event's content, without its position.
    Digest
}
hash_type! {
    /// The link of an append to all that was appended before.
    Link
}

impl Link {
    /// What stands before the first link of a log.
    pub const NONE: Self = Self([0; 32]);
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let high = char::from(pair[0]).to_digit(16)?;
        let low = char::from(pair[1]).to_digit(16)?;
        *byte = u8::try_from(high << 4 | low).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minted_id_is_the_example_of_rfc_9562() {
        // RFC 9562 Appendix A.6: unix_ts_ms 0x017F22E279B0, rand_a 0xCC3, rand_b 0b01, 0x8C4DC0C0C07398F
        let random = [0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f];
        let id = EventId::from_time(0x017f_22e2_79b0, random);
        assert_eq!(id.to_string(), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
        assert!(id.is_time_ordered());
    }

    #[test]
    fn ids_are_read_in_either_case_and_written_in_lower() {
        let id = EventId::parse("017F22E2-79B0-7CC3-98C4-DC0C0C07398F").unwrap();
        assert_eq!(id.to_string(), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
        assert!(EventId::parse("017f22e279b07cc398c4dc0c0c07398f").is_err());
        assert!(EventId::parse("{17f22e2-79b0-7cc3-98c4-dc0c0c07398f").is_err());
    }

    #[test]
    fn a_command_gives_each_event_its_own_stable_id() {
        // printf 'foldlog.command\0pay-1\0\0\0\0\0' | sha256sum, version and variant set by hand
        assert_eq!(
            command_event_id("pay-1", 0).to_string(),
            "7aca07f6-db70-8a8a-b34d-3eb94a6edf99"
        );
        assert_ne!(command_event_id("pay-1", 0), command_event_id("pay-1", 1));
        assert!(!command_event_id("pay-1", 0).is_time_ordered());
    }
}
