//! Finds a number by the hash of its key, one cache line a look-up.
//!
//! A bucket is one cache line: 16-bit tags of its keys, their numbers, and how many keys went past it. A key lives in
//! its home bucket or, where that is full, in one of the next; a search stops at the first bucket that no key went
//! past. It therefore branches on facts that are nearly always the same, and the one load that misses the cache
//! overlaps with the work behind it.

/// Keys in a bucket.
const KEYS: usize = 10;
/// Average keys a bucket holds before the table grows, so that few keys go past their home.
const FILL: usize = 6;

#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Bucket {
    /// 0 where free.
    tags: [u16; KEYS],
    passed: u16,
    numbers: [u32; KEYS],
}

const _: () = assert!(size_of::<Bucket>() == 64, "one cache line a bucket");

impl Bucket {
    const EMPTY: Bucket = Bucket { tags: [0; KEYS], passed: 0, numbers: [0; KEYS] };

    #[inline]
    fn has(&self, tag: u16) -> bool {
        self.tags.iter().map(|own| u16::from(*own == tag)).sum::<u16>() != 0
    }
}

/// The table.
#[derive(Debug)]
pub(crate) struct Tags {
    buckets: Vec<Bucket>,
    len: usize,
}

impl Tags {
    pub(crate) fn new() -> Self {
        Tags { buckets: vec![Bucket::EMPTY; 1], len: 0 }
    }

    /// An empty table that holds `keys` without growing.
    pub(crate) fn for_keys(keys: usize) -> Self {
        Tags { buckets: vec![Bucket::EMPTY; (keys / FILL + 1).next_power_of_two()], len: 0 }
    }

    #[inline]
    fn home(&self, hash: u64) -> usize {
        usize::try_from(hash >> 16).unwrap_or(0) & (self.buckets.len() - 1)
    }

    #[inline]
    fn next(&self, bucket: usize) -> usize {
        (bucket + 1) & (self.buckets.len() - 1)
    }

    /// The number whose key has this hash and passes the test.
    #[inline]
    pub(crate) fn find(&self, hash: u64, is_key: impl Fn(u32) -> bool) -> Option<u32> {
        let tag = short(hash);
        let mut at = self.home(hash);
        loop {
            let bucket = &self.buckets[at];
            if bucket.has(tag)
                && let Some(number) = hit(bucket, tag, &is_key)
            {
                return Some(number);
            }
            if bucket.passed == 0 {
                return None;
            }
            at = self.next(at);
        }
    }

    /// Adds a number; `hash_of` gives the hash of a number that is there already.
    #[inline]
    pub(crate) fn insert(&mut self, hash: u64, number: u32, hash_of: impl Fn(u32) -> u64) {
        if self.len >= self.buckets.len() * FILL {
            self.grow(hash_of);
        }
        self.put(hash, number);
        self.len += 1;
    }

    #[inline]
    fn put(&mut self, hash: u64, number: u32) {
        let mut at = self.home(hash);
        loop {
            let bucket = &mut self.buckets[at];
            if let Some(free) = bucket.tags.iter().position(|tag| *tag == 0) {
                bucket.tags[free] = short(hash);
                bucket.numbers[free] = number;
                return;
            }
            bucket.passed += 1;
            at = self.next(at);
        }
    }

    #[cold]
    fn grow(&mut self, hash_of: impl Fn(u32) -> u64) {
        let bigger = vec![Bucket::EMPTY; self.buckets.len() * 2];
        let old = core::mem::replace(&mut self.buckets, bigger);
        for number in old.iter().flat_map(numbers) {
            self.put(hash_of(number), number);
        }
    }

    /// Takes a number out; it must be there.
    pub(crate) fn remove(&mut self, hash: u64, number: u32) {
        let tag = short(hash);
        let mut at = self.home(hash);
        loop {
            let bucket = &mut self.buckets[at];
            let found = (0..KEYS).find(|i| bucket.tags[*i] == tag && bucket.numbers[*i] == number);
            if let Some(found) = found {
                bucket.tags[found] = 0;
                self.len -= 1;
                return;
            }
            bucket.passed -= 1;
            at = self.next(at);
        }
    }

    /// All numbers, in no order that means anything.
    pub(crate) fn entries(&self) -> impl Iterator<Item = u32> {
        self.buckets.iter().flat_map(numbers)
    }

    pub(crate) fn bytes(&self) -> usize {
        self.buckets.capacity() * size_of::<Bucket>()
    }
}

fn numbers(bucket: &Bucket) -> impl Iterator<Item = u32> {
    bucket.tags.iter().zip(&bucket.numbers).filter(|(tag, _)| **tag != 0).map(|(_, number)| *number)
}

#[cold]
fn hit(bucket: &Bucket, tag: u16, is_key: &impl Fn(u32) -> bool) -> Option<u32> {
    let numbers = bucket.tags.iter().zip(&bucket.numbers);
    numbers.filter(|(own, _)| **own == tag).map(|(_, number)| *number).find(|number| is_key(*number))
}

/// The 16 bits of a hash kept in a bucket, never 0.
#[inline]
fn short(hash: u64) -> u16 {
    u16::try_from(hash & 0xFFFF).unwrap_or(0).max(1)
}
