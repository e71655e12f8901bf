//! One producer, one consumer. Values are moved.

use crate::bell::Bell;
use crate::slots::Slots;
use crate::sync::{Arc, AtomicBool, AtomicU64, Ordering, Padded};
use crate::{Closed, NotTaken, Wait};

struct Shared<T> {
    slots: Slots<T>,
    wait: Wait,
    /// Positions below it hold values. Written by the producer only.
    published: Padded<AtomicU64>,
    /// Positions below it are free again. Written by the consumer only.
    consumed: Padded<AtomicU64>,
    producer_gone: AtomicBool,
    consumer_gone: AtomicBool,
    items: Bell,
    room: Bell,
}

// SAFETY: the handles see to it that a slot is accessed by one thread at a time; the values change threads.
unsafe impl<T: Send> Send for Shared<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Sync for Shared<T> {}

impl<T> Drop for Shared<T> {
    fn drop(&mut self) {
        let end = self.published.0.load(Ordering::Acquire);
        for position in self.consumed.0.load(Ordering::Acquire)..end {
            // SAFETY: both handles are gone, and published values that were not consumed are still in their slots.
            drop(unsafe { self.slots.take(position) });
        }
    }
}

/// The writing side.
pub struct Producer<T> {
    shared: Arc<Shared<T>>,
    /// The next position to write: claimed by having only one producer, private until published.
    next: u64,
    published: u64,
    /// Positions below it are known to be free.
    free_until: u64,
}

/// The reading side.
pub struct Consumer<T> {
    shared: Arc<Shared<T>>,
    next: u64,
    /// Positions below it are known to be published.
    ready_until: u64,
}

/// A ring of `capacity` values, a power of two.
///
/// # Panics
/// Where the capacity is not a power of two from 1 to [`crate::CAPACITY_MAX`].
pub fn ring<T: Send>(capacity: usize, wait: Wait) -> (Producer<T>, Consumer<T>) {
    let slots = Slots::new(capacity);
    let free_until = slots.capacity();
    let shared = Arc::new(Shared {
        slots,
        wait,
        published: Padded::default(),
        consumed: Padded::default(),
        producer_gone: AtomicBool::new(false),
        consumer_gone: AtomicBool::new(false),
        items: Bell::default(),
        room: Bell::default(),
    });
    let producer = Producer { shared: Arc::clone(&shared), next: 0, published: 0, free_until };
    (producer, Consumer { shared, next: 0, ready_until: 0 })
}

impl<T> Producer<T> {
    /// Writes a value that [`Producer::publish`] will show.
    ///
    /// # Errors
    /// Gives the value back where the ring is full or the consumer is gone.
    #[inline]
    pub fn try_write(&mut self, value: T) -> Result<(), NotTaken<T>> {
        if self.next == self.free_until && !self.look_for_room() {
            return Err(if self.is_closed() { NotTaken::Closed(value) } else { NotTaken::Full(value) });
        }
        // SAFETY: the position is not published, so the consumer does not touch it, and it is free: what was there was
        // consumed before `consumed` was stored with Release, which `look_for_room` acquired.
        unsafe { self.shared.slots.write(self.next, value) };
        self.next += 1;
        Ok(())
    }

    /// Shows everything that was written, at once.
    #[inline]
    pub fn publish(&mut self) {
        if self.published != self.next {
            self.published = self.next;
            self.shared.published.0.store(self.next, Ordering::Release);
            self.shared.wait.tell(&self.shared.items);
        }
    }

    /// Writes and publishes a value, without waiting.
    ///
    /// # Errors
    /// Gives the value back where the ring is full or the consumer is gone.
    #[inline]
    pub fn try_push(&mut self, value: T) -> Result<(), NotTaken<T>> {
        self.try_write(value)?;
        self.publish();
        Ok(())
    }

    /// Writes and publishes a value; waits while the ring is full.
    ///
    /// # Errors
    /// Gives the value back where the consumer is gone.
    pub fn push(&mut self, value: T) -> Result<(), NotTaken<T>> {
        self.publish();
        let shared = &self.shared;
        if self.next == self.free_until {
            let (next, capacity) = (self.next, shared.slots.capacity());
            shared.wait.until(&shared.room, || {
                shared.consumer_gone.load(Ordering::Acquire)
                    || shared.consumed.0.load(Ordering::Acquire) + capacity > next
            });
        }
        self.try_push(value)
    }

    /// Whether the consumer is gone.
    pub fn is_closed(&self) -> bool {
        self.shared.consumer_gone.load(Ordering::Acquire)
    }

    /// Learns how far the consumer is; whether there is room, and someone to read.
    #[cold]
    fn look_for_room(&mut self) -> bool {
        self.free_until = self.shared.consumed.0.load(Ordering::Acquire) + self.shared.slots.capacity();
        self.next < self.free_until && !self.is_closed()
    }
}

impl<T> Drop for Producer<T> {
    fn drop(&mut self) {
        self.publish();
        self.shared.producer_gone.store(true, Ordering::Release);
        self.shared.items.ring();
    }
}

impl<T> Consumer<T> {
    /// Takes up to `max` values in order, without waiting; how many there were.
    ///
    /// A value counts as consumed once `each` was called with it, also where that panics.
    pub fn drain(&mut self, max: usize, mut each: impl FnMut(T)) -> usize {
        if self.next == self.ready_until {
            self.ready_until = self.shared.published.0.load(Ordering::Acquire);
        }
        let end = self.ready_until.min(self.next.saturating_add(max as u64));
        let mut batch = Batch { consumer: self, end };
        let mut count = 0;
        while let Some(value) = batch.next() {
            each(value);
            count += 1;
        }
        count
    }

    /// Takes the next value, waiting for it.
    ///
    /// # Errors
    /// Where the ring is empty and the producer is gone.
    pub fn recv(&mut self) -> Result<T, Closed> {
        self.wait()?;
        let mut taken = None;
        self.drain(1, |value| taken = Some(value));
        taken.ok_or(Closed)
    }

    /// Waits until there is a value.
    ///
    /// # Errors
    /// Where the ring is empty and the producer is gone.
    pub fn wait(&mut self) -> Result<(), Closed> {
        let shared = &self.shared;
        if self.next == self.ready_until {
            shared.wait.until(&shared.items, || {
                // In this order: what a producer published before it left is seen.
                let gone = shared.producer_gone.load(Ordering::Acquire);
                self.ready_until = shared.published.0.load(Ordering::Acquire);
                gone || self.ready_until > self.next
            });
        }
        if self.ready_until > self.next { Ok(()) } else { Err(Closed) }
    }
}

impl<T> Drop for Consumer<T> {
    fn drop(&mut self) {
        self.shared.consumer_gone.store(true, Ordering::Release);
        self.shared.room.ring();
    }
}

/// Values on their way out; frees their slots when it ends, however it ends.
struct Batch<'a, T> {
    consumer: &'a mut Consumer<T>,
    end: u64,
}

impl<T> Batch<'_, T> {
    #[inline]
    fn next(&mut self) -> Option<T> {
        if self.consumer.next >= self.end {
            return None;
        }
        // SAFETY: the position is below `published`, acquired before, so it holds a value that the producer leaves alone
        // until `consumed` passes it; `next` moves on, so it is taken once.
        let value = unsafe { self.consumer.shared.slots.take(self.consumer.next) };
        self.consumer.next += 1;
        Some(value)
    }
}

impl<T> Drop for Batch<'_, T> {
    fn drop(&mut self) {
        let shared = &self.consumer.shared;
        shared.consumed.0.store(self.consumer.next, Ordering::Release);
        shared.wait.tell(&shared.room);
    }
}
