//! Wakes threads that sleep until a condition holds, and costs one fence where nobody does.

use std::sync::PoisonError;

use crate::sync::{AtomicUsize, Condvar, Mutex, Ordering, fence};

/// Where threads sleep.
#[derive(Debug, Default)]
pub(crate) struct Bell {
    asleep: AtomicUsize,
    lock: Mutex<()>,
    signal: Condvar,
}

impl Bell {
    /// Sleeps until `ready` says so. Whoever makes it so calls [`Bell::ring`] after.
    pub(crate) fn sleep_until(&self, mut ready: impl FnMut() -> bool) {
        let mut guard = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        self.asleep.fetch_add(1, Ordering::Relaxed);
        // Of this fence and the one in `ring` one comes first: either `ready` sees what the ringer wrote, or the ringer
        // sees this sleeper. It then waits for the lock, which is free only once this thread sleeps.
        fence(Ordering::SeqCst);
        while !ready() {
            guard = self.signal.wait(guard).unwrap_or_else(PoisonError::into_inner);
        }
        self.asleep.fetch_sub(1, Ordering::Relaxed);
    }

    /// Wakes all that sleep.
    #[inline]
    pub(crate) fn ring(&self) {
        fence(Ordering::SeqCst);
        if self.asleep.load(Ordering::Relaxed) > 0 {
            self.wake();
        }
    }

    #[cold]
    fn wake(&self) {
        drop(self.lock.lock().unwrap_or_else(PoisonError::into_inner));
        self.signal.notify_all();
    }
}
