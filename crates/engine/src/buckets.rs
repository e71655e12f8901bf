//! Trailing stops that follow together: all of one anchor in a bucket, ordered by their distance (S-46).
//!
//! An anchor only moves in one direction, so a new extreme merges every bucket it passes into one. Each bucket has one
//! heap a class, whose order no anchor changes, and knows the key at which the head of each fires: a value is compared
//! with the heads only. Orders do not know their bucket's anchor but find it: a merged bucket points at the one it
//! became part of, the smaller at the larger, so the way is logarithmic.
//!
//! Anchors and keys are those of a [`crate::slope::Slope`]: turned so that a following anchor rises and a key fires at
//! values at or below it.

use model::image;
use std::collections::{BTreeMap, BTreeSet};

use crate::heap::{self, NIL};
use crate::waits::Waits;

/// By amount or by basis points, reached or strictly passed: within a class the nearest fires first at any anchor.
pub(crate) const CLASSES: usize = 4;

#[derive(Clone, Copy, Debug)]
struct Bucket {
    /// The bucket it became part of; [`NIL`] while it stands by itself.
    parent: u32,
    /// Orders put into it and buckets that point at it.
    refs: u32,
    /// Orders and buckets that ever became part of it; the larger takes in the smaller.
    size: u32,
    anchor: i64,
    heaps: [u32; CLASSES],
    /// The key of each heap's head, where it has one.
    keys: [Option<i64>; CLASSES],
}

/// All buckets of a slope.
#[derive(Debug, Default)]
pub(crate) struct Buckets {
    list: Vec<Bucket>,
    free: Vec<u32>,
    by_anchor: BTreeMap<i64, u32>,
    heads: BTreeSet<(i64, u32, usize)>,
}

image!(Bucket {
    parent: u32,
    refs: u32,
    size: u32,
    anchor: i64,
    heaps: [u32; CLASSES],
    keys: [Option<i64>; CLASSES],
});
image!(Buckets {
    list: Vec<Bucket>,
    free: Vec<u32>,
    by_anchor: BTreeMap<i64, u32>,
    heads: BTreeSet<(i64, u32, usize)>,
});

impl Buckets {
    pub(crate) fn is_empty(&self) -> bool {
        self.by_anchor.is_empty()
    }

    /// The key at which the first of all fires.
    pub(crate) fn highest_key(&self) -> Option<i64> {
        self.heads.last().map(|(key, ..)| *key)
    }

    /// What a value must exceed to move anything.
    pub(crate) fn lowest_anchor(&self) -> Option<i64> {
        self.by_anchor.first_key_value().map(|(anchor, _)| *anchor)
    }

    fn root(&self, bucket: u32) -> u32 {
        let mut at = bucket;
        while self.list[at as usize].parent != NIL {
            at = self.list[at as usize].parent;
        }
        at
    }

    /// The anchor of an order that was put into `bucket`.
    pub(crate) fn anchor(&self, bucket: u32) -> i64 {
        self.list[self.root(bucket) as usize].anchor
    }

    /// The bucket of an anchor, a new one where there is none.
    fn at(&mut self, anchor: i64) -> u32 {
        if let Some(bucket) = self.by_anchor.get(&anchor) {
            return *bucket;
        }
        let bucket = Bucket { parent: NIL, refs: 0, size: 0, anchor, heaps: [NIL; CLASSES], keys: [None; CLASSES] };
        let number = if let Some(number) = self.free.pop() {
            self.list[number as usize] = bucket;
            number
        } else {
            self.list.push(bucket);
            u32::try_from(self.list.len() - 1).expect("no more buckets than orders")
        };
        self.by_anchor.insert(anchor, number);
        number
    }

    /// Looks up again where the head of a heap fires; `key` says so of an order at an anchor.
    fn set_head(&mut self, waits: &Waits, bucket: u32, class: usize, key: &impl Fn(&Waits, u32, i64) -> i64) {
        let own = &mut self.list[bucket as usize];
        if let Some(old) = own.keys[class].take() {
            self.heads.remove(&(old, bucket, class));
        }
        let head = own.heaps[class];
        if head != NIL {
            let new = key(waits, head, own.anchor);
            own.keys[class] = Some(new);
            self.heads.insert((new, bucket, class));
        }
    }

    /// Puts an order, whose node has its key, into the bucket of an anchor.
    pub(crate) fn insert(
        &mut self,
        waits: &mut Waits,
        order: u32,
        (anchor, class): (i64, usize),
        key: &impl Fn(&Waits, u32, i64) -> i64,
    ) {
        let bucket = self.at(anchor);
        let own = &mut self.list[bucket as usize];
        own.refs += 1;
        own.size = own.size.saturating_add(1);
        let before = own.heaps[class];
        own.heaps[class] = heap::merge(waits, before, order);
        waits.get_mut(order).set = bucket;
        if self.list[bucket as usize].heaps[class] == order {
            self.set_head(waits, bucket, class, key);
        }
    }

    /// Takes an order out and gives the anchor it had.
    pub(crate) fn remove(
        &mut self,
        waits: &mut Waits,
        order: u32,
        class: usize,
        key: &impl Fn(&Waits, u32, i64) -> i64,
    ) -> i64 {
        let set = core::mem::replace(&mut waits.get_mut(order).set, NIL);
        let bucket = self.root(set);
        let anchor = self.list[bucket as usize].anchor;
        let head = self.list[bucket as usize].heaps[class];
        let left = heap::remove(waits, head, order);
        if head == order {
            self.list[bucket as usize].heaps[class] = left;
            self.set_head(waits, bucket, class, key);
        }
        self.release(set);
        anchor
    }

    /// Nothing more than before points at a bucket less one; what nothing points at is gone.
    fn release(&mut self, bucket: u32) {
        let mut at = bucket;
        while at != NIL {
            let own = &mut self.list[at as usize];
            own.refs -= 1;
            if own.refs > 0 {
                return;
            }
            let (parent, anchor) = (own.parent, own.anchor);
            if parent == NIL {
                self.by_anchor.remove(&anchor);
            }
            self.free.push(at);
            at = parent;
        }
    }

    /// Every bucket whose anchor lies below `anchor` becomes part of the bucket there.
    pub(crate) fn raise(&mut self, waits: &mut Waits, anchor: i64, key: &impl Fn(&Waits, u32, i64) -> i64) {
        while let Some((lowest, bucket)) = self.by_anchor.first_key_value() {
            let (lowest, bucket) = (*lowest, *bucket);
            if lowest >= anchor {
                return;
            }
            self.by_anchor.remove(&lowest);
            match self.by_anchor.get(&anchor).copied() {
                None => {
                    self.list[bucket as usize].anchor = anchor;
                    self.by_anchor.insert(anchor, bucket);
                    (0..CLASSES).for_each(|class| self.set_head(waits, bucket, class, key));
                }
                Some(other) => self.unite(waits, bucket, other, key),
            }
        }
    }

    /// Makes one bucket of two, at the anchor of the second.
    fn unite(&mut self, waits: &mut Waits, a: u32, b: u32, key: &impl Fn(&Waits, u32, i64) -> i64) {
        let anchor = self.list[b as usize].anchor;
        let (small, large) = if self.list[a as usize].size < self.list[b as usize].size { (a, b) } else { (b, a) };
        for class in 0..CLASSES {
            let heap = core::mem::replace(&mut self.list[small as usize].heaps[class], NIL);
            if heap != NIL {
                self.set_head(waits, small, class, key);
                let before = self.list[large as usize].heaps[class];
                self.list[large as usize].heaps[class] = heap::merge(waits, before, heap);
            }
        }
        let size = self.list[small as usize].size;
        self.list[small as usize].parent = large;
        let own = &mut self.list[large as usize];
        own.anchor = anchor;
        own.refs += 1;
        own.size = own.size.saturating_add(size);
        self.by_anchor.insert(anchor, large);
        (0..CLASSES).for_each(|class| self.set_head(waits, large, class, key));
    }

    /// Every order that fires at `value`.
    pub(crate) fn crossed(
        &self,
        waits: &Waits,
        value: i64,
        key: &impl Fn(&Waits, u32, i64) -> i64,
        found: &mut Vec<u32>,
    ) {
        for (_, bucket, class) in self.heads.range((value, 0, 0)..) {
            let own = &self.list[*bucket as usize];
            heap::walk(waits, own.heaps[*class], |order| {
                let fires = key(waits, order, own.anchor) >= value;
                if fires {
                    found.push(order);
                }
                fires
            });
        }
    }

    /// Checks the structure and gives how many orders it holds.
    ///
    /// # Panics
    /// Where it does not hold together.
    pub(crate) fn check(&self, waits: &Waits, key: &impl Fn(&Waits, u32, i64) -> i64) -> usize {
        let mut count = 0;
        let mut heads = 0;
        for (anchor, bucket) in &self.by_anchor {
            let own = &self.list[*bucket as usize];
            assert_eq!((own.anchor, own.parent), (*anchor, NIL), "INV-9: a bucket does not stand at its anchor");
            for (class, head) in own.heaps.iter().enumerate() {
                count += heap::check(waits, *head);
                let expected = (*head != NIL).then(|| key(waits, *head, *anchor));
                assert_eq!(own.keys[class], expected, "INV-9: a bucket fires elsewhere than its head");
                heads += usize::from(expected.is_some_and(|key| self.heads.contains(&(key, *bucket, class))));
                heap::walk(waits, *head, |order| {
                    assert_eq!(self.root(waits.get(order).set), *bucket, "INV-9: an order does not find its bucket");
                    true
                });
            }
        }
        assert_eq!(heads, self.heads.len(), "INV-9: heads that no bucket has");
        count
    }
}
