use std::fmt::Write as _;

use super::EventFilter;
use crate::core::{AggregateId, AggregateType, EventType, Label, write_json_string};

impl EventFilter {
    /// Writes what [`EventFilter::read_json`] reads.
    pub fn write_json(&self, out: &mut String) {
        let mut object = Object { out, is_empty: true };
        if let Some(ids) = &self.aggregate_ids {
            object.list("aggregateIds", &mut ids.iter().map(AggregateId::as_str));
        }
        if let Some(types) = &self.event_types {
            object.list("eventTypes", &mut types.iter().map(EventType::as_str));
        }
        if !self.tags.is_empty() {
            object.list("tags", &mut self.tags.iter().map(Label::as_str));
        }
        for (name, text) in [
            ("aggregateType", self.aggregate_type.as_ref().map(AggregateType::as_str)),
            ("causedBy", self.caused_by.as_ref().map(Label::as_str)),
            ("correlationId", self.correlation_id.as_ref().map(Label::as_str)),
        ] {
            if let Some(text) = text {
                object.name(name);
                write_json_string(object.out, text);
            }
        }
        for (name, number) in [
            ("fromSequence", self.from_sequence),
            ("toSequence", self.to_sequence),
            ("fromVersion", self.from_version),
            ("toVersion", self.to_version),
        ] {
            if let Some(number) = number {
                object.name(name);
                // Writing to a String does not fail.
                let _ = write!(object.out, "{number}");
            }
        }
        for (name, time) in [
            ("fromRecordedAt", self.from_recorded_at),
            ("toRecordedAt", self.to_recorded_at),
        ] {
            if let Some(time) = time {
                object.name(name);
                let _ = write!(object.out, "\"{time}\"");
            }
        }
        object.out.push_str(if object.is_empty { "{}" } else { "}" });
    }
}

/// An object that is being written; its brace opens with its first member.
struct Object<'a> {
    out: &'a mut String,
    is_empty: bool,
}

impl Object<'_> {
    fn name(&mut self, name: &str) {
        let opening = if std::mem::replace(&mut self.is_empty, false) {
            '{'
        } else {
            ','
        };
        // Writing to a String does not fail.
        let _ = write!(self.out, "{opening}\"{name}\":");
    }

    fn list(&mut self, name: &str, texts: &mut dyn Iterator<Item = &str>) {
        self.name(name);
        let mut separator = '[';
        for text in texts {
            self.out.push(separator);
            separator = ',';
            write_json_string(self.out, text);
        }
        self.out.push_str(if separator == '[' { "[]" } else { "]" });
    }
}
