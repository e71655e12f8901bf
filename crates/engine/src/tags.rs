//! Finds a number by the hash of its key, one cache line a look-up.
//!
//! Buckets of one cache line hold 16-bit tags of their keys; the numbers stand in a parallel array that only a hit
//! reads. A key lives in its home bucket or, where that is full, in one of the next; a bucket counts how many keys went
//! past it, so that a search stops at the first bucket that none did. A search therefore branches on facts that are
//! nearly always the same, and the one load that misses the cache overlaps with the work behind it.

/// Words in a bucket: its tags, and last the count of keys that went past it.
const WORDS: usize = 32;
const TAGS: usize = WORDS - 1;
/// Average tags a bucket holds before the table grows: 60 % of its room, so that few keys go past.
const FILL: usize = 19;

#[derive(Clone, Debug)]
#[repr(align(64))]
struct Bucket {
    /// A tag of 0 is free.
    words: [u16; WORDS],
}

impl Bucket {
    const EMPTY: Bucket = Bucket { words: [0; WORDS] };

    /// Whether the tag may be here: all words are compared, the count among them, so that it is a few wide compares.
    #[inline]
    fn may_have(&self, tag: u16) -> bool {
        self.words.iter().map(|word| u16::from(*word == tag)).sum::<u16>() != 0
    }

    fn tags(&self) -> &[u16] {
        &self.words[..TAGS]
    }

    #[inline]
    fn passed(&mut self) -> &mut u16 {
        &mut self.words[TAGS]
    }
}

/// The table.
#[derive(Debug)]
pub(crate) struct Tags {
    buckets: Vec<Bucket>,
    numbers: Vec<[u32; WORDS]>,
    len: usize,
}

impl Tags {
    pub(crate) fn new() -> Self {
        Tags { buckets: vec![Bucket::EMPTY; 1], numbers: vec![[0; WORDS]; 1], len: 0 }
    }

    /// How many numbers it holds.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Takes memory for `count` numbers at once, while it is empty.
    pub(crate) fn reserve(&mut self, count: usize) {
        assert_eq!(self.len, 0, "memory is taken before the first key");
        let buckets = count.div_ceil(FILL).next_power_of_two();
        self.buckets = vec![Bucket::EMPTY; buckets];
        self.numbers = vec![[0; WORDS]; buckets];
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
            if bucket.may_have(tag)
                && let Some(number) = self.hit(at, tag, &is_key)
            {
                return Some(number);
            }
            if bucket.words[TAGS] == 0 {
                return None;
            }
            at = self.next(at);
        }
    }

    #[cold]
    fn hit(&self, at: usize, tag: u16, is_key: &impl Fn(u32) -> bool) -> Option<u32> {
        let numbers = self.buckets[at].tags().iter().zip(&self.numbers[at]);
        numbers.filter(|(own, _)| **own == tag).map(|(_, number)| *number).find(|number| is_key(*number))
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
            if let Some(free) = bucket.tags().iter().position(|tag| *tag == 0) {
                bucket.words[free] = short(hash);
                self.numbers[at][free] = number;
                return;
            }
            *bucket.passed() += 1;
            at = self.next(at);
        }
    }

    #[cold]
    fn grow(&mut self, hash_of: impl Fn(u32) -> u64) {
        let all: Vec<u32> = self.entries().collect();
        let buckets = self.buckets.len() * 2;
        self.buckets = vec![Bucket::EMPTY; buckets];
        self.numbers = vec![[0; WORDS]; buckets];
        for number in all {
            self.put(hash_of(number), number);
        }
    }

    /// Takes a number out; it must be there.
    pub(crate) fn remove(&mut self, hash: u64, number: u32) {
        let tag = short(hash);
        let mut at = self.home(hash);
        loop {
            let numbers = &self.numbers[at];
            let bucket = &mut self.buckets[at];
            let found = (0..TAGS).find(|i| bucket.words[*i] == tag && numbers[*i] == number);
            if let Some(found) = found {
                bucket.words[found] = 0;
                self.len -= 1;
                return;
            }
            *bucket.passed() -= 1;
            at = self.next(at);
        }
    }

    /// All numbers, in no order that means anything.
    pub(crate) fn entries(&self) -> impl Iterator<Item = u32> {
        let pairs = self.buckets.iter().zip(&self.numbers);
        pairs.flat_map(|(bucket, numbers)| {
            bucket.tags().iter().zip(numbers).filter(|(tag, _)| **tag != 0).map(|(_, number)| *number)
        })
    }

    pub(crate) fn bytes(&self) -> usize {
        self.buckets.capacity() * size_of::<Bucket>() + self.numbers.capacity() * size_of::<[u32; WORDS]>()
    }
}

/// The 16 bits of a hash kept in a bucket, never 0.
#[inline]
fn short(hash: u64) -> u16 {
    u16::try_from(hash & 0xFFFF).unwrap_or(0).max(1)
}
