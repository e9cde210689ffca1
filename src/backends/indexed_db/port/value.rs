use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

/// A plain object with these members.
pub(crate) fn object(members: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in members {
        // Setting a member of a fresh plain object does not fail.
        let _ = Reflect::set(&object, &JsValue::from_str(name), value);
    }
    object.into()
}

/// A copy of the bytes outside the wasm's memory: a view would store that memory whole.
pub(crate) fn bytes(bytes: &[u8]) -> JsValue {
    Uint8Array::from(bytes).into()
}

/// A member of an object; undefined if there is none.
pub(crate) fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// The elements of an array; none for any other value.
pub(crate) fn array(value: JsValue) -> Array {
    value.dyn_into().unwrap_or_default()
}

/// A whole number that JavaScript holds exactly.
pub(crate) fn number(value: &JsValue) -> Option<u64> {
    let number = value.as_f64()?;
    // In range and whole: the conversion is exact.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked in the same line"
    )]
    ((0.0..=9_007_199_254_740_991.0).contains(&number) && number.fract() == 0.0).then_some(number as u64)
}

/// A sequence number, which is 2^53 − 1 at most, as a number of JavaScript.
#[expect(clippy::cast_precision_loss, reason = "sequence numbers stay at or below 2^53 - 1")]
pub(crate) fn as_f64(number: u64) -> f64 {
    number as f64
}

/// A string.
pub(crate) fn string(value: &JsValue) -> Option<String> {
    value.as_string()
}

/// An array of these.
pub(crate) fn list(items: &[JsValue]) -> Array {
    let list = Array::new();
    for item in items {
        list.push(item);
    }
    list
}
