/// The items in ascending order: a heapsort, which all kinds of item share, for at most some thousands of items.
pub(crate) fn sorted<T: Ord>(mut items: Vec<T>) -> Vec<T> {
    heapsort(&mut items);
    items
}

/// What can be sorted in place.
trait Items {
    fn count(&self) -> usize;
    fn is_less(&self, one: usize, other: usize) -> bool;
    fn swap(&mut self, one: usize, other: usize);
}

impl<T: Ord> Items for Vec<T> {
    fn count(&self) -> usize {
        self.len()
    }

    fn is_less(&self, one: usize, other: usize) -> bool {
        self[one] < self[other]
    }

    fn swap(&mut self, one: usize, other: usize) {
        self.as_mut_slice().swap(one, other);
    }
}

fn heapsort(items: &mut dyn Items) {
    let count = items.count();
    for root in (0..count / 2).rev() {
        sift_down(items, root, count);
    }
    for end in (1..count).rev() {
        items.swap(0, end);
        sift_down(items, 0, end);
    }
}

/// Lets an item sink until neither of those below it, among the first `end`, is larger.
fn sift_down(items: &mut dyn Items, mut root: usize, end: usize) {
    loop {
        let mut child = 2 * root + 1;
        if child >= end {
            return;
        }
        if child + 1 < end && items.is_less(child, child + 1) {
            child += 1;
        }
        if !items.is_less(root, child) {
            return;
        }
        items.swap(root, child);
        root = child;
    }
}

#[cfg(test)]
mod tests {
    use super::sorted;

    #[test]
    fn items_come_in_ascending_order_with_all_that_are_equal() {
        for count in 0..50_u64 {
            let items: Vec<u64> = (0..count).map(|number| number * 7_919 % 31).collect();
            let mut expected = items.clone();
            expected.sort_unstable();
            assert_eq!(sorted(items), expected);
        }
    }
}
