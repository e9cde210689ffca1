//! How durations and sizes are written in options.

use std::time::Duration;

/// A duration: a whole number with `ms`, `s`, `m` or `h`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = split(text);
    let number = number
        .parse::<u64>()
        .map_err(|_| refuse("a duration", text, "500ms, 30s, 10m or 1h"))?;
    let seconds = |each: u64| number.checked_mul(each).map(Duration::from_secs);
    let duration = match unit {
        "ms" => Some(Duration::from_millis(number)),
        "s" => seconds(1),
        "m" => seconds(60),
        "h" => seconds(3_600),
        _ => None,
    };
    duration.ok_or_else(|| refuse("a duration", text, "500ms, 30s, 10m or 1h"))
}

/// A number of bytes: a whole number, perhaps with `KiB`, `MiB` or `GiB`.
pub(crate) fn bytes(text: &str) -> Result<usize, String> {
    let (number, unit) = split(text);
    let number = number
        .parse::<usize>()
        .map_err(|_| refuse("a size", text, "4096, 512KiB or 32MiB"))?;
    let bytes = match unit {
        "" => Some(number),
        "KiB" => number.checked_mul(1 << 10),
        "MiB" => number.checked_mul(1 << 20),
        "GiB" => number.checked_mul(1 << 30),
        _ => None,
    };
    bytes.ok_or_else(|| refuse("a size", text, "4096, 512KiB or 32MiB"))
}

fn split(text: &str) -> (&str, &str) {
    text.split_at(
        text.find(|character: char| !character.is_ascii_digit())
            .unwrap_or(text.len()),
    )
}

fn refuse(what: &str, text: &str, examples: &str) -> String {
    format!("\"{text}\" is not {what}: write it like {examples}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_sizes_have_their_unit() {
        assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(duration("2m"), Ok(Duration::from_secs(120)));
        assert_eq!(bytes("32MiB"), Ok(32 << 20));
        assert_eq!(bytes("7"), Ok(7));
        for text in ["", "5", "s", "-1s", "1.5s", "99999999999999999999s"] {
            assert!(duration(text).is_err(), "{text}");
        }
        for text in ["", "MB", "1MB", "-1", "99999999999999GiB"] {
            assert!(bytes(text).is_err(), "{text}");
        }
    }
}
