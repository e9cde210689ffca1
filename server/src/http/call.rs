use std::sync::Arc;

use axum::{
    body::Body,
    extract::{FromRequest, Request},
    http::request::Parts,
};
use foldlog::core::InvalidInput;

use super::{
    Problem, Query, Service, accept, body, gate::Admitted, lines::Lines, open_logs::SharedLog, operations::Media,
};
use crate::auth::Caller;

/// A request that the gate let through.
pub(crate) struct Call {
    pub(crate) service: Arc<Service>,
    pub(crate) admitted: Admitted,
    parts: Parts,
    body: Body,
}

impl FromRequest<Arc<Service>> for Call {
    type Rejection = Problem;

    async fn from_request(request: Request, service: &Arc<Service>) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let admitted = parts.extensions.remove::<Admitted>().ok_or_else(Problem::internal)?;
        Ok(Self {
            service: Arc::clone(service),
            admitted,
            parts,
            body,
        })
    }
}

impl Call {
    /// The log.
    pub(crate) fn log(&self) -> Result<SharedLog, Problem> {
        self.admitted.log.clone().ok_or_else(Problem::internal)
    }

    /// The parameters, which are to be among these.
    pub(crate) fn query(&self, known: &[&'static str]) -> Result<Query, InvalidInput> {
        Query::read(self.parts.uri.query(), known)
    }

    /// The text of a body in JSON.
    pub(crate) async fn json(&mut self) -> Result<String, Problem> {
        accept::check_content_type(&self.parts.headers, Media::Json)?;
        self.text().await
    }

    /// The text of a body in lines, if all of it is needed at once.
    pub(crate) async fn whole_lines(&mut self) -> Result<String, Problem> {
        accept::check_content_type(&self.parts.headers, Media::Lines)?;
        self.text().await
    }

    /// A body in lines, one after the other.
    pub(crate) fn lines(&mut self) -> Result<Lines, Problem> {
        accept::check_content_type(&self.parts.headers, Media::Lines)?;
        let most = self.service.options.body_bytes;
        Ok(Lines::new(std::mem::take(&mut self.body), most))
    }

    /// The text of a body that need not be there.
    pub(crate) async fn optional_json(&mut self) -> Result<Option<String>, Problem> {
        let text = self.text().await?;
        if text.is_empty() {
            return Ok(None);
        }
        accept::check_content_type(&self.parts.headers, Media::Json)?;
        Ok(Some(text))
    }

    /// What slows a body down that comes in pieces.
    pub(crate) fn pace(&self) -> Pace {
        Pace {
            service: Arc::clone(&self.service),
            caller: self.admitted.caller.clone(),
        }
    }

    async fn text(&mut self) -> Result<String, Problem> {
        let body = std::mem::take(&mut self.body);
        let text = body::read(body, self.service.options.body_bytes).await?;
        self.service.rates.bytes(self.admitted.caller.subject(), text.len())?;
        Ok(text)
    }
}

/// Counts bytes of a body, and waits where another request would be refused.
pub(crate) struct Pace {
    service: Arc<Service>,
    caller: Caller,
}

impl Pace {
    pub(crate) async fn take(&self, bytes: usize) {
        while let Err(limited) = self.service.rates.bytes(self.caller.subject(), bytes) {
            tokio::time::sleep(limited.wait).await;
        }
    }
}
