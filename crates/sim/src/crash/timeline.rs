//! Virtual time: what happens next, and what the wall clock says.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::seeds::{Part, stream};
use crate::generate::Draw;

/// Things that will happen, by time; which of two of the same time comes first is drawn.
pub struct Timeline<T> {
    now_ns: i64,
    /// What the wall clock shows beyond the time that has passed.
    wall_offset_ns: i64,
    heap: BinaryHeap<Reverse<(i64, u64, u64)>>,
    jobs: Vec<Option<T>>,
    free: Vec<usize>,
    ties: Draw,
}

impl<T> Timeline<T> {
    /// Begins at a time.
    pub fn new(seed: u64, now_ns: i64) -> Self {
        Timeline {
            now_ns,
            wall_offset_ns: 0,
            heap: BinaryHeap::new(),
            jobs: Vec::new(),
            free: Vec::new(),
            ties: stream(seed, Part::Ties),
        }
    }

    /// The true time, in nanoseconds.
    pub fn now_ns(&self) -> i64 {
        self.now_ns
    }

    /// What a process reads from its clock.
    pub fn wall_ns(&self) -> i64 {
        (self.now_ns + self.wall_offset_ns).max(0)
    }

    /// The wall clock jumps.
    pub fn jump(&mut self, by_ns: i64) {
        self.wall_offset_ns += by_ns;
    }

    /// Something will happen after so many nanoseconds.
    pub fn after(&mut self, delay_ns: i64, job: T) {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.jobs.push(None);
            self.jobs.len() - 1
        });
        self.jobs[slot] = Some(job);
        self.heap.push(Reverse((self.now_ns + delay_ns.max(0), self.ties.bits(), slot as u64)));
    }

    /// The next thing, and time moves there.
    pub fn advance(&mut self) -> Option<T> {
        let Reverse((at_ns, _, slot)) = self.heap.pop()?;
        let slot = usize::try_from(slot).ok()?;
        self.now_ns = at_ns;
        self.free.push(slot);
        self.jobs[slot].take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_happen_in_the_order_of_their_times() {
        let mut line = Timeline::new(1, 5);
        line.after(30, 'c');
        line.after(10, 'a');
        line.after(20, 'b');

        assert_eq!(core::iter::from_fn(|| line.advance()).collect::<String>(), "abc");
        assert_eq!(line.now_ns(), 35);
    }

    #[test]
    fn the_order_of_things_at_one_time_is_drawn_by_seed() {
        let order = |seed| {
            let mut line = Timeline::new(seed, 0);
            (0..8).for_each(|job| line.after(1, job));
            core::iter::from_fn(move || line.advance()).collect::<Vec<_>>()
        };

        assert_eq!(order(1), order(1));
        assert_ne!(order(1), order(2));
    }

    #[test]
    fn a_jump_moves_the_wall_clock_and_not_the_time() {
        let mut line: Timeline<()> = Timeline::new(1, 10);
        line.jump(100);

        assert_eq!((line.now_ns(), line.wall_ns()), (10, 110));
        line.jump(-500);
        assert_eq!(line.wall_ns(), 0);
    }
}
