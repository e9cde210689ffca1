use axum::body::Body;
use foldlog::core::InvalidInput;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use super::Problem;

/// All of a body, which was decompressed on the way: what it says of its length is not believed.
pub(crate) async fn read(body: Body, most: usize) -> Result<String, Problem> {
    let collected = Limited::new(body, most).collect().await.map_err(|error| {
        if error.is::<LengthLimitError>() {
            return Problem::too_large("body", &format!("has more than {most} bytes"));
        }
        unreadable()
    })?;
    String::from_utf8(collected.to_bytes().into()).map_err(|_| InvalidInput::argument("body", "is not UTF-8").into())
}

/// Cut off, or not what its encoding says.
pub(crate) fn unreadable() -> Problem {
    InvalidInput::argument("body", "is cut off or not compressed as it says").into()
}
