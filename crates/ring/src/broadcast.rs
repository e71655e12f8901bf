//! One producer, a fixed number of consumers; every one of them sees every value, by reference and at its own pace.
//!
//! For what several readers need: the outcomes of commands go to sessions, market data and history from one ring (B-72:
//! those read outputs, never inputs).

use crate::bell::Bell;
use crate::slots::Slots;
use crate::sync::{Arc, AtomicBool, AtomicU64, Ordering, Padded};
use crate::{Closed, NotTaken, Wait};

/// The cursor of a consumer that is gone: it holds nothing back.
const GONE: u64 = u64::MAX;

struct Shared<T> {
    slots: Slots<T>,
    wait: Wait,
    published: Padded<AtomicU64>,
    /// One for each consumer, written by it alone: positions below are done with.
    cursors: Box<[Padded<AtomicU64>]>,
    producer_gone: AtomicBool,
    items: Bell,
    room: Bell,
}

// SAFETY: a slot is written by the producer only while no consumer may read it; values are dropped on its thread.
unsafe impl<T: Send + Sync> Send for Shared<T> {}
// SAFETY: as above, and consumers share values by reference.
unsafe impl<T: Send + Sync> Sync for Shared<T> {}

impl<T> Shared<T> {
    /// The slowest consumer's position; [`GONE`] where none is left.
    fn slowest(&self) -> u64 {
        self.cursors.iter().map(|cursor| cursor.0.load(Ordering::Acquire)).min().unwrap_or(GONE)
    }
}

impl<T> Drop for Shared<T> {
    fn drop(&mut self) {
        let end = self.published.0.load(Ordering::Acquire);
        for position in end.saturating_sub(self.slots.capacity())..end {
            // SAFETY: all handles are gone; a slot holds the newest value written to it until it is written again.
            drop(unsafe { self.slots.take(position) });
        }
    }
}

/// The writing side.
pub struct Producer<T> {
    shared: Arc<Shared<T>>,
    next: u64,
    free_until: u64,
}

/// One reading side.
pub struct Consumer<T> {
    shared: Arc<Shared<T>>,
    /// Which cursor is its own.
    own: usize,
    next: u64,
    ready_until: u64,
}

/// A ring of `capacity` values, a power of two, with `consumers` readers.
///
/// # Panics
/// Where the capacity is not a power of two from 1 to [`crate::CAPACITY_MAX`], or there is no consumer.
pub fn ring<T: Send + Sync>(capacity: usize, consumers: usize, wait: Wait) -> (Producer<T>, Vec<Consumer<T>>) {
    assert!(consumers > 0, "a ring needs a consumer: consumers={consumers}");
    let slots = Slots::new(capacity);
    let free_until = slots.capacity();
    let shared = Arc::new(Shared {
        slots,
        wait,
        published: Padded::default(),
        cursors: (0..consumers).map(|_| Padded::default()).collect(),
        producer_gone: AtomicBool::new(false),
        items: Bell::default(),
        room: Bell::default(),
    });
    let consumer = |own| Consumer { shared: Arc::clone(&shared), own, next: 0, ready_until: 0 };
    let consumers = (0..consumers).map(consumer).collect();
    (Producer { shared, next: 0, free_until }, consumers)
}

impl<T> Producer<T> {
    /// Writes and publishes a value, without waiting for the slowest consumer.
    ///
    /// # Errors
    /// Gives the value back where the ring is full or every consumer is gone.
    #[inline]
    pub fn try_push(&mut self, value: T) -> Result<(), NotTaken<T>> {
        if self.next >= self.free_until {
            match self.shared.slowest() {
                GONE => return Err(NotTaken::Closed(value)),
                slowest => self.free_until = slowest + self.shared.slots.capacity(),
            }
            if self.next >= self.free_until {
                return Err(NotTaken::Full(value));
            }
        }
        let (shared, next) = (&*self.shared, self.next);
        let old = next.checked_sub(shared.slots.capacity()).map(|position| {
            // SAFETY: that position was written, and every consumer has moved past it by the cursors acquired above.
            unsafe { shared.slots.take(position) }
        });
        // SAFETY: not published, so no consumer reads the slot, and its old value was taken out.
        unsafe { shared.slots.write(next, value) };
        self.next += 1;
        shared.published.0.store(self.next, Ordering::Release);
        shared.wait.tell(&shared.items);
        // Last, so that a destructor that panics finds the ring whole.
        drop(old);
        Ok(())
    }

    /// Writes and publishes a value; waits for the slowest consumer while the ring is full.
    ///
    /// # Errors
    /// Gives the value back where every consumer is gone.
    pub fn push(&mut self, value: T) -> Result<(), NotTaken<T>> {
        let (shared, next) = (&self.shared, self.next);
        if next >= self.free_until {
            shared.wait.until(&shared.room, || {
                let slowest = shared.slowest();
                slowest == GONE || next < slowest + shared.slots.capacity()
            });
        }
        self.try_push(value)
    }
}

impl<T> Drop for Producer<T> {
    fn drop(&mut self) {
        self.shared.producer_gone.store(true, Ordering::Release);
        self.shared.items.ring();
    }
}

impl<T> Consumer<T> {
    /// Shows up to `max` values in order, without waiting; how many there were.
    ///
    /// A value counts as seen once `each` was called with it, also where that panics.
    pub fn drain(&mut self, max: usize, mut each: impl FnMut(&T)) -> usize {
        if self.next == self.ready_until {
            self.ready_until = self.shared.published.0.load(Ordering::Acquire);
        }
        let end = self.ready_until.min(self.next.saturating_add(max as u64));
        let seen = Seen { consumer: self };
        let mut count = 0;
        while seen.consumer.next < end {
            let position = seen.consumer.next;
            seen.consumer.next += 1;
            // SAFETY: published, acquired above, and the producer leaves it alone until this cursor passes it, which is
            // stored when `seen` is dropped.
            unsafe { seen.consumer.shared.slots.look(position, &mut each) };
            count += 1;
        }
        count
    }

    /// Waits until there is a value to see.
    ///
    /// # Errors
    /// Where all were seen and the producer is gone.
    pub fn wait(&mut self) -> Result<(), Closed> {
        let shared = &self.shared;
        if self.next == self.ready_until {
            shared.wait.until(&shared.items, || {
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
        self.shared.cursors[self.own].0.store(GONE, Ordering::Release);
        self.shared.room.ring();
    }
}

/// Moves the cursor when a batch ends, however it ends.
struct Seen<'a, T> {
    consumer: &'a mut Consumer<T>,
}

impl<T> Drop for Seen<'_, T> {
    fn drop(&mut self) {
        let Consumer { shared, own, next, .. } = &*self.consumer;
        shared.cursors[*own].0.store(*next, Ordering::Release);
        shared.wait.tell(&shared.room);
    }
}
