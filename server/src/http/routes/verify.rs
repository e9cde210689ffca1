use std::fmt::Write as _;

use foldlog::{core::write_json_string, engine::VerifyError, wire::read_head};

use crate::http::{Answer, Call, answer};

/// Proves the log, and names the first append that does not fit.
pub(crate) async fn verify(call: Call) -> Answer {
    let query = call.query(&["since"])?;
    let since = query.text("since").map(read_head).transpose();
    let since = since.map_err(|invalid| invalid.within("since"))?;
    match call.log()?.store.verify(since).await {
        Ok(proved) => answer::json(|out| {
            // Writing to a String does not fail.
            let _ = write!(
                out,
                "{{\"ok\":true,\"appends\":{},\"events\":{},\"head\":",
                proved.appends, proved.events
            );
            proved.head.write_json(out);
            out.push('}');
        }),
        Err(VerifyError::Fault(fault)) => answer::json(|out| {
            let _ = write!(
                out,
                "{{\"ok\":false,\"sequenceNumber\":{},\"reason\":",
                fault.sequence_number
            );
            write_json_string(out, &fault.reason);
            out.push('}');
        }),
        Err(VerifyError::Storage(error)) => Err(error.into()),
    }
}
