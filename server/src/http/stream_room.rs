use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// How many streams there may be, of everybody and of one subject.
pub(crate) struct StreamRoom {
    most: usize,
    most_a_subject: usize,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    count: usize,
    by_subject: HashMap<String, usize>,
}

/// The place of a stream, given back when it is dropped.
pub(crate) struct StreamPlace {
    room: Arc<StreamRoom>,
    subject: Option<String>,
}

/// Why there is no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoRoom {
    OfTheSubject,
    OfTheServer,
}

impl StreamRoom {
    pub(crate) fn new(most: usize, most_a_subject: usize) -> Arc<Self> {
        Arc::new(Self {
            most,
            most_a_subject,
            taken: Mutex::default(),
        })
    }

    /// A place for one more stream.
    pub(crate) fn take(self: &Arc<Self>, subject: Option<&str>) -> Result<StreamPlace, NoRoom> {
        let mut taken = self.lock();
        if taken.count >= self.most {
            return Err(NoRoom::OfTheServer);
        }
        if let Some(subject) = subject {
            let count = taken.by_subject.entry(subject.to_owned()).or_default();
            if *count >= self.most_a_subject {
                return Err(NoRoom::OfTheSubject);
            }
            *count += 1;
        }
        taken.count += 1;
        Ok(StreamPlace {
            room: Arc::clone(self),
            subject: subject.map(str::to_owned),
        })
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for StreamPlace {
    fn drop(&mut self) {
        let mut taken = self.room.lock();
        taken.count -= 1;
        let Some(subject) = &self.subject else { return };
        if let Some(count) = taken.by_subject.get_mut(subject) {
            *count -= 1;
            if *count == 0 {
                taken.by_subject.remove(subject);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_given_back() {
        let room = StreamRoom::new(3, 2);
        let first = room.take(Some("a")).ok();
        let _second = room.take(Some("a")).ok();
        assert_eq!(room.take(Some("a")).err(), Some(NoRoom::OfTheSubject));
        let _third = room.take(Some("b")).ok();
        assert_eq!(room.take(None).err(), Some(NoRoom::OfTheServer));
        drop(first);
        assert!(room.take(Some("a")).is_ok());
    }
}
