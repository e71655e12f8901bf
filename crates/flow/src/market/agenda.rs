//! What is due when, in nanoseconds of the market's own clock.

use std::collections::BTreeMap;

use model::OrderId;

use super::shapes::Group;

/// Something an agent does at its time. `floor` is the index of an instrument's shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Task {
    /// Someone of the crowd acts; an immigrant is followed by the next one.
    Arrive {
        /// In which instrument.
        floor: usize,
        /// Not caused by another arrival.
        is_immigrant: bool,
    },
    /// A maker looks at its quotes because something happened.
    Requote {
        /// In which instrument.
        floor: usize,
        /// Which maker.
        maker: usize,
    },
    /// A maker looks at its quotes because it does so regularly.
    Review {
        /// In which instrument.
        floor: usize,
        /// Which maker.
        maker: usize,
    },
    /// A follower looks at the trend.
    Follow {
        /// In which instrument.
        floor: usize,
    },
    /// A large order begins.
    Surface {
        /// In which instrument.
        floor: usize,
    },
    /// News moves the instruments of a group.
    News {
        /// Which group.
        group: Group,
    },
    /// The owner of an order has waited long enough.
    GiveUp {
        /// Which order.
        order_id: OrderId,
    },
}

/// Tasks by time; those of one time in the order in which they were entered.
#[derive(Clone, Debug, Default)]
pub(super) struct Agenda {
    tasks: BTreeMap<(u64, u64), Task>,
    entered: u64,
}

impl Agenda {
    /// Enters a task.
    pub(super) fn enter(&mut self, due_ns: u64, task: Task) {
        self.entered += 1;
        self.tasks.insert((due_ns, self.entered), task);
    }

    /// Takes the next task and its time.
    pub(super) fn take(&mut self) -> Option<(u64, Task)> {
        self.tasks.pop_first().map(|((due_ns, _), task)| (due_ns, task))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_come_by_time_then_by_entry() {
        let mut agenda = Agenda::default();
        let task = |floor| Task::Follow { floor };

        agenda.enter(20, task(1));
        agenda.enter(10, task(2));
        agenda.enter(20, task(3));

        assert_eq!(
            [agenda.take(), agenda.take(), agenda.take(), agenda.take()],
            [Some((10, task(2))), Some((20, task(1))), Some((20, task(3))), None]
        );
    }
}
