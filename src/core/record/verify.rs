use std::fmt;

use super::{AppendEntry, AppendKind, Record, builder::surplus};
use crate::core::{
    AggregateId, AggregateType, Head, IndexMap, Link, Timestamp,
    append::{AggregateState, LinkedEvent, append_link, epoch_link},
};

/// Recomputes digests and links record by record and names the first append that does not fit.
///
/// Alone it finds damage. Compared with a head that was kept elsewhere it also finds a removed tail, a rewritten log and a fork.
pub struct ChainVerifier {
    sought: Option<Head>,
    head: Option<Head>,
    aggregates: IndexMap<AggregateId, AggregateState>,
    complete: bool,
    last_recorded_at: Timestamp,
    appends: u64,
    events: u64,
}

/// What was verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verification {
    /// Appends that fit, epoch changes not counted.
    pub appends: u64,
    /// Events that fit.
    pub events: u64,
    /// The place up to which all fits.
    pub head: Head,
}

/// The first place that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainFault {
    /// The first sequence number of the append that does not fit.
    pub sequence_number: u64,
    /// What does not fit.
    pub reason: String,
}

impl fmt::Display for ChainFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the append at sequence number {} does not fit: {}",
            self.sequence_number, self.reason
        )
    }
}

impl std::error::Error for ChainFault {}

impl ChainVerifier {
    /// Verifies from the beginning of a log.
    pub fn from_start() -> Self {
        Self {
            sought: None,
            head: None,
            aggregates: IndexMap::default(),
            complete: true,
            last_recorded_at: Timestamp::MIN,
            appends: 0,
            events: 0,
        }
    }

    /// Verifies what follows a place whose link is known.
    pub fn since(head: Head) -> Self {
        Self {
            sought: Some(head),
            complete: false,
            ..Self::from_start()
        }
    }

    /// Verifies the next record. Appends up to the place where verification began are stepped over.
    ///
    /// # Errors
    ///
    /// [`ChainFault`] for the first append that does not fit.
    pub fn push(&mut self, record: &Record) -> Result<(), ChainFault> {
        self.push_after(record, 0)
    }

    /// As [`ChainVerifier::push`], without the first `given` appends of the record.
    ///
    /// # Errors
    ///
    /// [`ChainFault`] for the first append that does not fit.
    pub fn push_after(&mut self, record: &Record, given: usize) -> Result<(), ChainFault> {
        let directory = record.directory();
        let mut place = directory.head_after(given);
        for (at, append) in directory.appends.iter().enumerate().skip(given) {
            let after = directory.head_after(at + 1);
            if self.sought.is_some() {
                self.seek(append, &place, &after)?;
            } else {
                self.check(record, append, &place, &after)
                    .map_err(|reason| ChainFault {
                        sequence_number: place.sequence_number + 1,
                        reason,
                    })?;
            }
            place = after;
        }
        Ok(())
    }

    /// What was verified up to here; none if the place where verification was to begin never came.
    pub fn finish(self) -> Option<Verification> {
        Some(Verification {
            appends: self.appends,
            events: self.events,
            head: self.head?,
        })
    }

    /// Steps over an append up to the place where verification begins; inside an append, that place has the append's link.
    fn seek(&mut self, append: &AppendEntry, before: &Head, after: &Head) -> Result<(), ChainFault> {
        let Some(sought) = self.sought else {
            return Ok(());
        };
        let within = before.sequence_number < sought.sequence_number && sought.sequence_number <= after.sequence_number;
        let is_here = within || after.sequence_number == sought.sequence_number;
        if append.link == sought.link && after.epoch == sought.epoch && is_here {
            self.sought = None;
            self.head = Some(*after);
            self.last_recorded_at = append.recorded_at;
        } else if after.sequence_number > sought.sequence_number {
            let reason = format!("the log has link {} where {} was expected", append.link, sought.link);
            return Err(ChainFault {
                sequence_number: sought.sequence_number,
                reason,
            });
        }
        Ok(())
    }

    fn check(&mut self, record: &Record, append: &AppendEntry, before: &Head, after: &Head) -> Result<(), String> {
        match self.head {
            None if before.sequence_number != 0 || before.link != Link::NONE => {
                return Err("the log does not begin here".to_owned());
            }
            None if append.kind != AppendKind::EpochChange(before.epoch) => {
                return Err("the log does not begin with its epoch".to_owned());
            }
            Some(head) if head != *before => {
                return Err(format!("it continues link {} instead of {}", before.link, head.link));
            }
            _ => {}
        }
        if append.recorded_at < self.last_recorded_at {
            return Err(format!(
                "it was recorded at {}, before the append that it follows",
                append.recorded_at
            ));
        }
        let link = match append.kind {
            AppendKind::EpochChange(epoch) => epoch_link(epoch, before, append.recorded_at),
            AppendKind::Events => append_link(before, append.recorded_at, &self.check_events(record, append)?),
        };
        if link != append.link {
            return Err(format!("its link is {}, its content gives {link}", append.link));
        }
        self.appends += u64::from(append.kind == AppendKind::Events);
        self.events += append.event_count as u64;
        self.last_recorded_at = append.recorded_at;
        self.head = Some(*after);
        Ok(())
    }

    fn check_events(&mut self, record: &Record, append: &AppendEntry) -> Result<Vec<LinkedEvent>, String> {
        let directory = record.directory();
        let mut linked = Vec::with_capacity(append.event_count);
        for index in append.first_event..append.first_event + append.event_count {
            let entry = &directory.events[index];
            let event = record.event(index).map_err(|damage| damage.reason.clone())?;
            let (aggregate_id, aggregate_type) = &directory.aggregates[entry.aggregate];
            let sequence_number = directory.sequence_number(index);
            let content = &event.content;
            let fits = event.sequence_number == sequence_number
                && event.recorded_at == append.recorded_at
                && event.aggregate_version == entry.aggregate_version
                && content.id == entry.id
                && content.created_at == entry.created_at
                && content.aggregate_id == *aggregate_id
                && content.aggregate_type == *aggregate_type
                && content.event_type == directory.event_types[entry.event_type];
            if !fits {
                return Err(format!(
                    "event {sequence_number} differs from its entry in the directory"
                ));
            }
            // Readers get the text itself: another spelling of the same fields is not what was written.
            let mut text = String::new();
            event.write_json(&mut text);
            if text != record.event_text(index) || surplus(&text) != entry.surplus {
                return Err(format!("event {sequence_number} is not spelled as it was written"));
            }
            let digest = content.digest();
            if digest != entry.digest {
                return Err(format!(
                    "event {sequence_number} has digest {digest}, recorded was {}",
                    entry.digest
                ));
            }
            self.check_aggregate(aggregate_id, aggregate_type, entry.aggregate_version, sequence_number)?;
            linked.push(LinkedEvent {
                aggregate_version: entry.aggregate_version,
                digest,
            });
        }
        Ok(linked)
    }

    fn check_aggregate(
        &mut self,
        id: &AggregateId,
        aggregate_type: &AggregateType,
        version: u64,
        sequence_number: u64,
    ) -> Result<(), String> {
        match self.aggregates.get(id) {
            Some(state) if state.aggregate_type != *aggregate_type => {
                return Err(format!("event {sequence_number} gives aggregate \"{id}\" another type"));
            }
            Some(state) if version != state.version + 1 => {
                let previous = state.version;
                return Err(format!(
                    "event {sequence_number} has version {version} after {previous} of aggregate \"{id}\""
                ));
            }
            None if self.complete && version != 1 => {
                return Err(format!(
                    "event {sequence_number} is the first of aggregate \"{id}\" and has version {version}"
                ));
            }
            _ => {}
        }
        self.aggregates.insert(
            id.clone(),
            AggregateState {
                version,
                aggregate_type: aggregate_type.clone(),
            },
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{Epoch, append::Durability, record::RecordBuilder};

    #[test]
    fn a_log_begins_with_a_change_to_its_epoch() {
        let now = Timestamp::from_millis(0);
        let (epoch, other) = (Epoch::from_random([1; 16]), Epoch::from_random([2; 16]));
        let nothing = Head {
            epoch,
            sequence_number: 0,
            link: Link::NONE,
        };
        let verify = |record: &Record| ChainVerifier::from_start().push(record);
        assert!(verify(&Record::genesis(epoch, now, Durability::Memory)).is_ok());
        let mut elsewhere = RecordBuilder::after(&nothing);
        elsewhere.change_epoch(other, now, Durability::Memory, epoch_link(other, &nothing, now));
        let mut rootless = RecordBuilder::after(&nothing);
        rootless.end_append(now, Durability::Memory, append_link(&nothing, now, &[]));
        for builder in [elsewhere, rootless] {
            let fault = verify(&builder.finish()).unwrap_err();
            assert_eq!(fault.reason, "the log does not begin with its epoch");
        }
    }
}
