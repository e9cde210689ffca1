use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use foldlog::core::InvalidInput;
use http_body_util::BodyExt as _;

use super::Problem;

/// How much more of a body is taken after it was refused, and for how long. A client that still sends when the connection is closed loses
/// the answer, and would send the same again.
const DRAINED: usize = 64 << 20;
const DRAINING: Duration = Duration::from_secs(5);

/// All of a body, which was decompressed on the way: what it says of its length is not believed.
pub(crate) async fn read(mut body: Body, most: usize) -> Result<String, Problem> {
    let said = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    let mut bytes = Vec::with_capacity(said.min(most).min(64 << 10));
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| unreadable())?.into_data() else {
            continue;
        };
        if data.len() > most - bytes.len() {
            drop(bytes);
            drain(&mut body).await;
            return Err(Problem::too_large("body", &format!("has more than {most} bytes")));
        }
        bytes.extend_from_slice(&data);
    }
    String::from_utf8(bytes).map_err(|_| InvalidInput::argument("body", "is not UTF-8").into())
}

/// Takes what else is sent, within limits, and looks at nothing of it.
pub(crate) async fn drain(body: &mut Body) {
    let taking = async {
        let mut taken = 0;
        while let Some(Ok(frame)) = body.frame().await {
            taken += frame.data_ref().map_or(0, axum::body::Bytes::len);
            if taken > DRAINED {
                break;
            }
        }
    };
    let _ = tokio::time::timeout(DRAINING, taking).await;
}

/// Cut off, or not what its encoding says.
pub(crate) fn unreadable() -> Problem {
    InvalidInput::argument("body", "is cut off or not compressed as it says").into()
}
