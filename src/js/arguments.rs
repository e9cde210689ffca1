use js_sys::{Array, Number};

use crate::core::{Cursor, Head, InvalidInput, MAX_SAFE_INTEGER};

/// The arguments of an operation, in the order in which `abi.d.ts` names them.
pub(super) struct Arguments<'a>(pub(super) &'a Array);

impl Arguments<'_> {
    pub(super) fn text(&self, index: u32) -> String {
        self.optional_text(index).unwrap_or_default()
    }

    pub(super) fn optional_text(&self, index: u32) -> Option<String> {
        self.0.get(index).as_string()
    }

    pub(super) fn flag(&self, index: u32) -> bool {
        self.0.get(index).is_truthy()
    }

    pub(super) fn is_given(&self, index: u32) -> bool {
        !self.0.get(index).is_undefined()
    }

    /// A text of the vocabulary.
    pub(super) fn parsed<T>(
        &self,
        index: u32,
        field: &str,
        parse: fn(&str) -> Result<T, String>,
    ) -> Result<T, InvalidInput> {
        parse(&self.text(index)).map_err(|reason| InvalidInput::argument(field, reason))
    }

    pub(super) fn cursor(&self, index: u32, field: &str) -> Result<Cursor, InvalidInput> {
        self.parsed(index, field, Head::from_cursor)
    }

    /// A whole number from 0 to 2^53 − 1.
    pub(super) fn integer(&self, index: u32, field: &str) -> Result<u64, InvalidInput> {
        let value = self.0.get(index).as_f64().unwrap_or(f64::NAN);
        #[expect(clippy::cast_precision_loss, reason = "2^53 - 1 is exact")]
        let in_range = value.fract() == 0.0 && (0.0..=MAX_SAFE_INTEGER as f64).contains(&value);
        if !in_range {
            let reason = format!(
                "is {}; a whole number from 0 to {MAX_SAFE_INTEGER} is allowed",
                shown(value)
            );
            return Err(InvalidInput::argument(field, reason));
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "checked right above"
        )]
        Ok(value as u64)
    }

    /// How many events a page may have; one that does not fit a number is more than any page has.
    pub(super) fn max_events(&self, index: u32) -> usize {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a conversion of floats stops at the bounds"
        )]
        self.0.get(index).as_f64().map_or(0, |value| value as usize)
    }
}

/// The number as JavaScript writes it: the code for that is in the browser already.
fn shown(value: f64) -> String {
    String::from(Number::from(value).to_string_with_radix(10).unwrap_or_default())
}
