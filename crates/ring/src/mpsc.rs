//! Many producers, one consumer. Values are moved; each slot says itself whose turn it is.

use crate::bell::Bell;
use crate::slots::Slots;
use crate::sync::{Arc, AtomicBool, AtomicU64, AtomicUsize, Ordering, Padded};
use crate::{Closed, NotTaken, Wait};

struct Shared<T> {
    slots: Slots<T>,
    /// Of each slot: the position that may be written into it, or one more where that was written. Between claim and
    /// publication only the producer that claimed it, after that only the consumer writes it.
    turns: Box<[AtomicU64]>,
    wait: Wait,
    /// The next position to claim.
    claimed: Padded<AtomicU64>,
    producers: AtomicUsize,
    consumer_gone: AtomicBool,
    items: Bell,
    room: Bell,
}

// SAFETY: a slot is accessed by the one thread whose turn it is; the values change threads.
unsafe impl<T: Send> Send for Shared<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Sync for Shared<T> {}

impl<T> Shared<T> {
    fn turn(&self, position: u64) -> &AtomicU64 {
        &self.turns[self.slots.index(position)]
    }

    fn is_published(&self, position: u64) -> bool {
        self.turn(position).load(Ordering::Acquire) == position + 1
    }
}

/// A writing side; clone it for each thread.
pub struct Producer<T> {
    shared: Arc<Shared<T>>,
}

/// The reading side.
pub struct Consumer<T> {
    shared: Arc<Shared<T>>,
    next: u64,
}

/// A ring of `capacity` values, a power of two of at least 2.
///
/// # Panics
/// Where the capacity is not a power of two from 2 to [`crate::CAPACITY_MAX`].
pub fn ring<T: Send>(capacity: usize, wait: Wait) -> (Producer<T>, Consumer<T>) {
    assert!(capacity > 1, "capacity must be at least 2: capacity={capacity}");
    let slots = Slots::new(capacity);
    let shared = Arc::new(Shared {
        turns: (0..slots.capacity()).map(AtomicU64::new).collect(),
        slots,
        wait,
        claimed: Padded::default(),
        producers: AtomicUsize::new(1),
        consumer_gone: AtomicBool::new(false),
        items: Bell::default(),
        room: Bell::default(),
    });
    (Producer { shared: Arc::clone(&shared) }, Consumer { shared, next: 0 })
}

impl<T> Producer<T> {
    /// Writes and publishes a value, without waiting for room.
    ///
    /// # Errors
    /// Gives the value back where the ring is full or the consumer is gone.
    pub fn try_push(&self, value: T) -> Result<(), NotTaken<T>> {
        let shared = &*self.shared;
        if self.is_closed() {
            return Err(NotTaken::Closed(value));
        }
        let Some(position) = self.claim() else {
            return Err(NotTaken::Full(value));
        };
        // SAFETY: the slot's turn was this position, acquired in `claim`, and by the exchange there no other producer
        // has it. The consumer leaves it alone until the store below.
        unsafe { shared.slots.write(position, value) };
        shared.turn(position).store(position + 1, Ordering::Release);
        shared.wait.tell(&shared.items);
        Ok(())
    }

    /// Writes and publishes a value; waits while the ring is full.
    ///
    /// # Errors
    /// Gives the value back where the consumer is gone.
    pub fn push(&self, value: T) -> Result<(), NotTaken<T>> {
        let mut value = value;
        loop {
            match self.try_push(value) {
                Err(NotTaken::Full(back)) => value = back,
                done => return done,
            }
            self.shared.wait.until(&self.shared.room, || self.is_closed() || self.has_room());
        }
    }

    /// Whether the consumer is gone.
    pub fn is_closed(&self) -> bool {
        self.shared.consumer_gone.load(Ordering::Acquire)
    }

    fn has_room(&self) -> bool {
        let position = self.shared.claimed.0.load(Ordering::Relaxed);
        self.shared.turn(position).load(Ordering::Acquire) >= position
    }

    /// The next position for this producer alone, or none where the ring is full.
    fn claim(&self) -> Option<u64> {
        let shared = &*self.shared;
        let mut position = shared.claimed.0.load(Ordering::Relaxed);
        loop {
            let turn = shared.turn(position).load(Ordering::Acquire);
            if turn < position {
                return None;
            }
            if turn > position {
                position = shared.claimed.0.load(Ordering::Relaxed);
                continue;
            }
            let claim =
                shared.claimed.0.compare_exchange_weak(position, position + 1, Ordering::Relaxed, Ordering::Relaxed);
            match claim {
                Ok(_) => return Some(position),
                Err(newer) => position = newer,
            }
        }
    }
}

impl<T> Clone for Producer<T> {
    fn clone(&self) -> Self {
        self.shared.producers.fetch_add(1, Ordering::Relaxed);
        Producer { shared: Arc::clone(&self.shared) }
    }
}

impl<T> Drop for Producer<T> {
    fn drop(&mut self) {
        // Release: whoever sees that all are gone sees all they published.
        self.shared.producers.fetch_sub(1, Ordering::Release);
        self.shared.items.ring();
    }
}

impl<T> Consumer<T> {
    /// Takes up to `max` values, without waiting; how many there were.
    ///
    /// The values of one producer come in its order. A value counts as consumed once `each` was called with it, also
    /// where that panics.
    pub fn drain(&mut self, max: usize, mut each: impl FnMut(T)) -> usize {
        let mut count = 0;
        // Told when it ends, however it ends.
        let told = Told(Arc::clone(&self.shared));
        while count < max && told.0.is_published(self.next) {
            // SAFETY: published, acquired above; `turn` and `next` move on, so it is taken once and nobody else has it.
            let value = unsafe { told.0.slots.take(self.next) };
            let again = self.next + told.0.slots.capacity();
            told.0.turn(self.next).store(again, Ordering::Release);
            self.next += 1;
            count += 1;
            each(value);
        }
        count
    }

    /// Takes the next value, waiting for it.
    ///
    /// # Errors
    /// Where the ring is empty and all producers are gone.
    pub fn recv(&mut self) -> Result<T, Closed> {
        self.wait()?;
        let mut taken = None;
        self.drain(1, |value| taken = Some(value));
        taken.ok_or(Closed)
    }

    /// Waits until there is a value.
    ///
    /// # Errors
    /// Where the ring is empty and all producers are gone.
    pub fn wait(&mut self) -> Result<(), Closed> {
        let (shared, next) = (&self.shared, self.next);
        shared.wait.until(&shared.items, || {
            // In this order: what the last one published before it left is seen.
            let gone = shared.producers.load(Ordering::Acquire) == 0;
            gone || shared.is_published(next)
        });
        if shared.is_published(next) { Ok(()) } else { Err(Closed) }
    }
}

impl<T> Drop for Consumer<T> {
    fn drop(&mut self) {
        self.shared.consumer_gone.store(true, Ordering::Release);
        self.shared.room.ring();
    }
}

impl<T> Drop for Shared<T> {
    fn drop(&mut self) {
        let claimed = self.claimed.0.load(Ordering::Acquire);
        let oldest = claimed.saturating_sub(self.slots.capacity());
        for position in oldest..claimed {
            if self.is_published(position) {
                // SAFETY: all handles are gone, and a published value that was not consumed is still in its slot.
                drop(unsafe { self.slots.take(position) });
            }
        }
    }
}

/// Tells producers that wait for room.
struct Told<T>(Arc<Shared<T>>);

impl<T> Drop for Told<T> {
    fn drop(&mut self) {
        self.0.wait.tell(&self.0.room);
    }
}
