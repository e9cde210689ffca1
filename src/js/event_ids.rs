use wasm_bindgen::prelude::wasm_bindgen;

use crate::core::command_event_id;

#[wasm_bindgen(js_name = commandEventId)]
pub fn command_event_id_js(command_id: &str, index: u32) -> String {
    command_event_id(command_id, index).to_string()
}
