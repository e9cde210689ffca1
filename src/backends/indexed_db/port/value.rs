use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::IdbKeyRange;

use super::Failure;

/// A plain object with these members.
pub(crate) fn object<const N: usize>(members: [(&str, JsValue); N]) -> JsValue {
    let object = Object::new();
    for (name, value) in members {
        // Setting a member of a fresh plain object does not fail.
        let _ = Reflect::set(&object, &JsValue::from_str(name), &value);
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
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    (number >= 0.0 && number <= 9_007_199_254_740_991.0 && number.fract() == 0.0).then_some(number as u64)
}

/// A string.
pub(crate) fn string(value: &JsValue) -> Option<String> {
    value.as_string()
}

/// All keys from this one on.
pub(crate) fn key_range_from(key: &JsValue) -> Result<JsValue, Failure> {
    Ok(IdbKeyRange::lower_bound(key)?.into())
}

/// All keys after this one.
pub(crate) fn key_range_after(key: &JsValue) -> Result<JsValue, Failure> {
    Ok(IdbKeyRange::lower_bound_with_open(key, true)?.into())
}

/// All keys between two, both included.
pub(crate) fn key_range_within(lower: &JsValue, upper: &JsValue) -> Result<JsValue, Failure> {
    Ok(IdbKeyRange::bound(lower, upper)?.into())
}
