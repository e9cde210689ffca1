use crate::{
    backends::indexed_db::{IndexedDbDurability, IndexedDbOptions},
    core::{Head, InvalidInput, JsonCursor, JsonError},
};

/// Reads the options of `indexedDb(name, options)`; what is absent or `null` keeps its default.
pub(super) fn read_indexed_db_options(json: &str) -> Result<IndexedDbOptions, InvalidInput> {
    let broken = |error: JsonError| InvalidInput::argument("options", error.to_string());
    let mut cursor = JsonCursor::new(json);
    let mut options = IndexedDbOptions::default();
    let mut first = true;
    cursor.begin_object().map_err(broken)?;
    while let Some(key) = cursor.next_key(&mut first).map_err(broken)? {
        let invalid = |error: JsonError| InvalidInput::argument(key.as_ref(), error.to_string());
        if cursor.null() {
            continue;
        }
        match key.as_ref() {
            "durability" => {
                options.durability = match cursor.string().map_err(invalid)?.as_ref() {
                    "strict" => IndexedDbDurability::Strict,
                    "relaxed" => IndexedDbDurability::Relaxed,
                    _ => return Err(InvalidInput::argument(key, "is neither \"strict\" nor \"relaxed\"")),
                }
            }
            "create" => options.create = cursor.boolean().map_err(invalid)?,
            "expectHead" => {
                let head = Head::read_json(&mut cursor).map_err(|invalid| invalid.within("expectHead"))?;
                options.expect_head = Some(head);
            }
            #[cfg(feature = "testing")]
            "earlyAnswer" => options.sabotage.early_answer = cursor.boolean().map_err(invalid)?,
            #[cfg(feature = "testing")]
            "noTailCheck" => options.sabotage.no_tail_check = cursor.boolean().map_err(invalid)?,
            _ => return Err(InvalidInput::argument(key, "is unknown")),
        }
    }
    cursor.end().map_err(broken)?;
    Ok(options)
}
