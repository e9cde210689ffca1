use crate::core::{IndexMap, Key};

/// Some values, of which a filter wants one.
///
/// ```
/// use foldlog::core::{AggregateId, read::OneOf};
///
/// let ids: OneOf<_> = [AggregateId::parse("a")?, AggregateId::parse("b")?].into();
/// assert!(ids.contains(&AggregateId::parse("b")?));
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug)]
pub struct OneOf<T>(IndexMap<T, ()>);

#[allow(private_bounds, reason = "the texts of the vocabulary are keys")]
impl<T: Key> OneOf<T> {
    /// Whether this is one of them.
    pub fn contains(&self, value: &T) -> bool {
        self.0.contains(value)
    }

    /// All of them, each once.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.entries().iter().map(|(value, ())| value)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none, so that nothing fits.
    pub fn is_empty(&self) -> bool {
        self.0.len() == 0
    }

    pub(super) fn into_values(self) -> Vec<T> {
        self.0.into_entries().into_iter().map(|(value, ())| value).collect()
    }

    pub(super) fn insert(&mut self, value: T) {
        self.0.insert(value, ());
    }
}

impl<T> Default for OneOf<T> {
    fn default() -> Self {
        Self(IndexMap::default())
    }
}

#[allow(private_bounds, reason = "the texts of the vocabulary are keys")]
impl<T: Key> FromIterator<T> for OneOf<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut all = Self::default();
        for value in values {
            all.insert(value);
        }
        all
    }
}

#[allow(private_bounds, reason = "the texts of the vocabulary are keys")]
impl<T: Key, const N: usize> From<[T; N]> for OneOf<T> {
    fn from(values: [T; N]) -> Self {
        values.into_iter().collect()
    }
}

impl<'a, T> IntoIterator for &'a OneOf<T> {
    type Item = &'a T;
    type IntoIter = std::iter::Map<std::slice::Iter<'a, (T, ())>, fn(&'a (T, ())) -> &'a T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.entries().iter().map(|(value, ())| value)
    }
}

/// The same values, in whatever order.
#[allow(private_bounds, reason = "the texts of the vocabulary are keys")]
impl<T: Key> PartialEq for OneOf<T> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().all(|value| other.contains(value))
    }
}

#[allow(private_bounds, reason = "the texts of the vocabulary are keys")]
impl<T: Key> Eq for OneOf<T> {}
