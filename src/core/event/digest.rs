use sha2::{Digest as _, Sha256};

use super::EventContent;
use crate::core::{Digest, JsonText, Label};

/// What every digest of an event begins with, so that it can never be mistaken for another hash.
const DOMAIN: &[u8; 16] = b"foldlog.event.1\0";

/// The payload format of JSON text, the only one of this version.
const JSON_TEXT: u8 = 0;

impl EventContent {
    /// The SHA-256 of the content as stored; `docs/storage-format.md` gives every byte.
    pub fn digest(&self) -> Digest {
        let mut out = Preimage(Sha256::new());
        out.bytes(DOMAIN);
        out.bytes(self.id.as_bytes());
        out.text(self.aggregate_id.as_str());
        out.text(self.aggregate_type.as_str());
        out.text(self.event_type.as_str());
        out.bytes(&self.schema_version.to_be_bytes());
        out.bytes(&self.created_at.millis().to_be_bytes());
        out.length(self.tags.len());
        for tag in &self.tags {
            out.text(tag.as_str());
        }
        out.optional(self.caused_by.as_ref());
        out.optional(self.causation_id.as_ref());
        out.optional(self.correlation_id.as_ref());
        out.payload(self.metadata.as_ref().map_or("null", JsonText::as_str));
        out.payload(self.event_data.as_str());
        out.length(0); // extensions: none are defined yet
        Digest::from_bytes(out.0.finalize().into())
    }
}

struct Preimage(Sha256);

impl Preimage {
    fn bytes(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn length(&mut self, length: usize) {
        // Limits keep every length far below 4 GiB; a longer one could not have been built.
        self.bytes(&u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
    }

    fn text(&mut self, text: &str) {
        self.length(text.len());
        self.bytes(text.as_bytes());
    }

    fn optional(&mut self, label: Option<&Label>) {
        match label {
            None => self.bytes(&[0]),
            Some(label) => {
                self.bytes(&[1]);
                self.text(label.as_str());
            }
        }
    }

    fn payload(&mut self, json: &str) {
        self.bytes(&[JSON_TEXT, 0, 0]); // no key id, no content tag: sealed payloads have them
        self.text(json);
    }
}
