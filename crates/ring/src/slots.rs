//! The memory of a ring: as many slots as its capacity, addressed by position. Holds no opinion on who may touch which.

use core::mem::MaybeUninit;

use crate::CAPACITY_MAX;
use crate::sync::UnsafeCell;

/// Slots for values; whether one holds a value is known to the ring.
pub(crate) struct Slots<T> {
    cells: Box<[UnsafeCell<MaybeUninit<T>>]>,
    mask: u64,
}

impl<T> Slots<T> {
    /// # Panics
    /// Where the capacity is not a power of two from 1 to [`CAPACITY_MAX`].
    pub(crate) fn new(capacity: usize) -> Self {
        let fits = capacity.is_power_of_two() && capacity <= CAPACITY_MAX;
        assert!(fits, "capacity must be a power of two from 1 to {CAPACITY_MAX}: capacity={capacity}");
        let cells = (0..capacity).map(|_| UnsafeCell::new(MaybeUninit::uninit())).collect();
        Slots { cells, mask: capacity as u64 - 1 }
    }

    #[inline]
    pub(crate) fn capacity(&self) -> u64 {
        self.mask + 1
    }

    #[inline]
    #[allow(clippy::cast_possible_truncation, reason = "masked to an index of the slice")]
    pub(crate) fn index(&self, position: u64) -> usize {
        (position & self.mask) as usize
    }

    /// Puts a value into the slot of `position`; what was there is forgotten, not dropped.
    ///
    /// # Safety
    /// No other thread accesses the slot.
    #[inline]
    pub(crate) unsafe fn write(&self, position: u64, value: T) {
        self.cells[self.index(position)].with_mut(|slot| {
            // SAFETY: the pointer is valid, and the caller alone accesses the slot.
            unsafe { (*slot).write(value) };
        });
    }

    /// Takes the value out of the slot of `position`.
    ///
    /// # Safety
    /// The slot holds a value, no other thread accesses it, and the value is not taken again.
    #[inline]
    pub(crate) unsafe fn take(&self, position: u64) -> T {
        self.cells[self.index(position)].with(|slot| {
            // SAFETY: the pointer is valid, the slot holds a value, and by the caller's word it is read this once.
            unsafe { (*slot).assume_init_read() }
        })
    }

    /// Shows the value in the slot of `position`.
    ///
    /// # Safety
    /// The slot holds a value, and nobody writes or takes it before `look` returns.
    #[inline]
    pub(crate) unsafe fn look<R>(&self, position: u64, look: impl FnOnce(&T) -> R) -> R {
        self.cells[self.index(position)].with(|slot| {
            // SAFETY: the pointer is valid, the slot holds a value, and it is only read while `look` runs.
            look(unsafe { (*slot).assume_init_ref() })
        })
    }
}
