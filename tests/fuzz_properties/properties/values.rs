//! Times, cursors and snapshots: one text for one value, and times held against a count of days that shares no code.

use foldlog::core::{Cursor, Timestamp, fold::Snapshot};

use super::raw;

pub(super) fn hold(text: &str) {
    time(text);
    snapshot(text);
    if let Ok(cursor) = Cursor::from_cursor(text) {
        assert_eq!(cursor.to_cursor(), text);
    }
    if let Some(bytes) = text.as_bytes().first_chunk() {
        let time = Timestamp::from_millis(i64::from_be_bytes(*bytes));
        assert_eq!(Timestamp::parse(&time.to_string()), Ok(time));
    }
}

fn time(text: &str) {
    let ours = Timestamp::parse(text).ok();
    assert_eq!(ours.map(Timestamp::millis), counted(text), "{text:?}");
    if let Some(time) = ours {
        let fraction = text[19..].trim_matches(['.', 'Z']);
        assert_eq!(time.to_string(), format!("{}.{fraction:0<3}Z", &text[..19]));
    }
}

/// The milliseconds since 1970 of a time that is written as the format says.
fn counted(text: &str) -> Option<i64> {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let fraction = shape.strip_prefix("0000-00-00T00:00:00")?;
    let digits = ["Z", ".0Z", ".00Z", ".000Z"]
        .iter()
        .position(|form| *form == fraction)?;
    let number = |at: usize, length: usize| text[at..at + length].parse::<i64>().unwrap_or(0);
    let (year, month, day) = (number(0, 4), number(5, 2), number(8, 2));
    let (hour, minute, second) = (number(11, 2), number(14, 2), number(17, 2));
    let milli = number(20, digits) * [1, 100, 10, 1][digits];
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let lengths = [
        31,
        if is_leap { 29 } else { 28 },
        31,
        30,
        31,
        30,
        31,
        31,
        30,
        31,
        30,
        31,
    ];
    let earlier = usize::try_from(month).ok()?.checked_sub(1)?;
    let length = *lengths.get(earlier)?;
    if year < 1 || !(1..=length).contains(&day) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let years = year - 1;
    let days = years * 365 + years / 4 - years / 100 + years / 400 + lengths[..earlier].iter().sum::<i64>() + day - 1;
    // 719162 days lie between 0001-01-01 and 1970-01-01.
    Some((days - 719_162) * 86_400_000 + hour * 3_600_000 + minute * 60_000 + second * 1_000 + milli)
}

fn snapshot(text: &str) {
    let Ok(snapshot) = Snapshot::read_json(text) else {
        return;
    };
    assert!(snapshot.aggregate_version >= 1);
    let members = raw::members(text).unwrap();
    assert_eq!(members.len(), 7);
    assert_eq!(members["data"].get(), snapshot.data.as_str());
    assert_eq!(
        raw::string(members["reducer"].get()).as_deref(),
        Some(snapshot.reducer.as_str())
    );
    let mut written = String::new();
    snapshot.write_json(&mut written);
    assert_eq!(Snapshot::read_json(&written).as_ref(), Ok(&snapshot));
}
