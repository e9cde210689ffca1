use std::hash::{BuildHasher, RandomState};

/// A map that keeps its keys in the order in which they came, and keeps them for ever.
///
/// All these maps share one table: another kind of key costs the wasm hundreds of bytes, another kind of
/// [`HashMap`](std::collections::HashMap) thousands.
#[derive(Clone, Debug)]
pub(crate) struct IndexMap<K, V> {
    entries: Vec<(K, V)>,
    table: Table,
}

/// What is told apart by its bytes.
pub(crate) trait Key {
    fn key(&self) -> &[u8];
}

impl<K: Key> Key for &K {
    fn key(&self) -> &[u8] {
        (*self).key()
    }
}

impl Key for String {
    fn key(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl<K, V> Default for IndexMap<K, V> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            table: Table::default(),
        }
    }
}

impl<K, V> IndexMap<K, V> {
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The entries, in the order in which their keys came.
    pub(crate) fn entries(&self) -> &[(K, V)] {
        &self.entries
    }
}

impl<K: Key, V> IndexMap<K, V> {
    /// The entries, in the order in which their keys came.
    pub(crate) fn into_entries(self) -> Vec<(K, V)> {
        self.entries
    }

    pub(crate) fn contains(&self, key: &K) -> bool {
        self.place(key).is_some()
    }

    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.place(key).map(|place| &self.entries[place].1)
    }

    /// The place of a key among the entries.
    pub(crate) fn place(&self, key: &K) -> Option<usize> {
        self.table.find(key.key(), &|place| self.entries[place].0.key())
    }

    /// Gives a key a value; returns the one that it had.
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        if let Some(place) = self.place(&key) {
            return Some(std::mem::replace(&mut self.entries[place].1, value));
        }
        self.push(key, value);
        None
    }

    /// The value of a key: the one that it has, or this one.
    pub(crate) fn get_or_insert(&mut self, key: K, value: V) -> &mut V {
        let place = self.place(&key).unwrap_or_else(|| self.push(key, value));
        &mut self.entries[place].1
    }

    fn push(&mut self, key: K, value: V) -> usize {
        let place = self.entries.len();
        self.table.insert(key.key(), place);
        self.entries.push((key, value));
        place
    }
}

/// Where the entry of a key stands: open addressing, looking at one slot after the other from the one that the hash names.
#[derive(Clone, Debug, Default)]
struct Table {
    /// A power of two of them, of which at least a quarter is empty; none before the first entry.
    slots: Vec<Option<Slot>>,
    taken: usize,
    hasher: RandomState,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    hash: u32,
    place: usize,
}

impl Table {
    fn find<'a>(&self, key: &[u8], key_at: &dyn Fn(usize) -> &'a [u8]) -> Option<usize> {
        if self.slots.is_empty() {
            return None;
        }
        let hash = self.hash(key);
        let mut at = self.first_slot(hash);
        while let Some(slot) = self.slots[at] {
            if slot.hash == hash && key_at(slot.place) == key {
                return Some(slot.place);
            }
            at = self.next_slot(at);
        }
        None
    }

    /// Takes a key that is not there yet.
    fn insert(&mut self, key: &[u8], place: usize) {
        if self.taken >= self.slots.len() / 4 * 3 {
            let larger = vec![None; (self.slots.len() * 2).max(8)];
            let slots = std::mem::replace(&mut self.slots, larger);
            for slot in slots.into_iter().flatten() {
                self.put(slot);
            }
        }
        let hash = self.hash(key);
        self.put(Slot { hash, place });
        self.taken += 1;
    }

    fn put(&mut self, slot: Slot) {
        let mut at = self.first_slot(slot.hash);
        while self.slots[at].is_some() {
            at = self.next_slot(at);
        }
        self.slots[at] = Some(slot);
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "32 bits of it tell keys apart well enough"
    )]
    fn hash(&self, key: &[u8]) -> u32 {
        self.hasher.hash_one(key) as u32
    }

    fn first_slot(&self, hash: u32) -> usize {
        hash as usize & (self.slots.len() - 1)
    }

    fn next_slot(&self, at: usize) -> usize {
        (at + 1) & (self.slots.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_and_stay_in_order() {
        let mut map = IndexMap::default();
        assert_eq!(map.get(&"none".to_owned()), None);
        for number in 0..10_000_u64 {
            assert_eq!(map.insert(number.to_string(), number), None);
        }
        assert_eq!(map.len(), 10_000);
        for number in 0..10_000 {
            assert_eq!(map.get(&number.to_string()), Some(&number));
            assert_eq!(map.place(&number.to_string()), usize::try_from(number).ok());
        }
        assert!(!map.contains(&"10000".to_owned()));
        assert_eq!(map.insert("7".to_owned(), 70), Some(7));
        assert_eq!(*map.get_or_insert("7".to_owned(), 0), 70);
        assert_eq!(*map.get_or_insert("new".to_owned(), 5), 5);
        assert_eq!(map.entries()[7], ("7".to_owned(), 70));
        assert_eq!(map.into_entries().len(), 10_001);
    }
}
