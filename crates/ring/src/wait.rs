//! How a thread waits for the other side: a value, chosen when the ring is made.

use crate::bell::Bell;
use crate::sync::{spin, yield_now};

/// How to wait. Whatever it is, a wait ends when the other side is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Asks again at once: shortest latency, and a processor of its own for each waiting thread.
    Spin,
    /// Asks again after giving the processor to whoever wants it.
    Yield,
    /// Sleeps until woken: no processor time, and some 45 us more of latency across processors.
    Block,
}

impl Wait {
    /// Waits until `ready`.
    pub(crate) fn until(self, bell: &Bell, mut ready: impl FnMut() -> bool) {
        match self {
            Wait::Spin => {
                while !ready() {
                    spin();
                }
            }
            Wait::Yield => {
                while !ready() {
                    yield_now();
                }
            }
            Wait::Block => bell.sleep_until(ready),
        }
    }

    /// Tells sleepers that something changed.
    #[inline]
    pub(crate) fn tell(self, bell: &Bell) {
        match self {
            Wait::Spin | Wait::Yield => {}
            Wait::Block => bell.ring(),
        }
    }
}
