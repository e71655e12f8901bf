//! What the engine keeps of a waiting order beside its record: what fires it, and what it needs once it is at work.

use book::Slot;
use model::image;
use model::image::{Image, ImageError, Input, layout};
use model::{Display, InstrumentId, Trigger, TriggerSource};

use crate::heap::{NIL, Node};

/// Where in the trigger book of its instrument an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Nowhere: held, or in the triggered queue.
    Out,
    /// At a fixed trigger.
    Fixed,
    /// It trails from the next value on.
    Fresh,
    /// It trails once its activation price is reached.
    Idle,
    /// It trails in steps, by itself.
    Stepping,
    /// It trails together with all of its anchor.
    Trailing,
}

/// A waiting order.
#[derive(Clone, Debug)]
pub(crate) struct Wait {
    pub(crate) order_id: u64,
    pub(crate) slot: Slot,
    /// Its place among the waiting orders of its instrument.
    at: u32,
    /// What fires it; empty: it waits for the entry of its group alone.
    pub(crate) trigger: Option<Trigger>,
    /// How it will be shown.
    pub(crate) display: Display,
    /// The protection price it was given, in ticks, or [`crate::record::NO_LIMIT`].
    pub(crate) protection: i64,
    /// What an active trailing stop follows from, in halves. While it trails with others, their bucket knows it.
    pub(crate) anchor: Option<i64>,
    pub(crate) stage: Stage,
    /// Its key among the fixed triggers of its slope, where it stands there.
    pub(crate) fixed: Option<i64>,
    /// The bucket it was put into, while it trails with others.
    pub(crate) set: u32,
    /// Its place in the heap of that bucket.
    pub(crate) node: Node,
}

image!(
    enum Stage {
        Out = 0,
        Fixed = 1,
        Fresh = 2,
        Idle = 3,
        Stepping = 4,
        Trailing = 5,
    }
);
image!(Wait {
    order_id: u64,
    slot: u32,
    at: u32,
    trigger: Option<Trigger>,
    display: Display,
    protection: i64,
    anchor: Option<i64>,
    stage: Stage,
    fixed: Option<i64>,
    set: u32,
    node: Node,
});

impl Wait {
    pub(crate) fn new(order_id: u64, slot: Slot, trigger: Option<Trigger>, display: Display, protection: i64) -> Self {
        Wait {
            order_id,
            slot,
            at: 0,
            trigger,
            display,
            protection,
            anchor: None,
            stage: Stage::Out,
            fixed: None,
            set: NIL,
            node: Node::default(),
        }
    }

    /// The source it was given, trade prices where it has no trigger.
    pub(crate) fn source(&self) -> TriggerSource {
        self.trigger.map_or(TriggerSource::Last, |trigger| trigger.source)
    }
}

/// The waiting orders of all instruments.
#[derive(Debug, Default)]
pub(crate) struct Waits {
    list: Vec<Wait>,
    free: Vec<u32>,
    /// Numbers of the waiting orders of each instrument, in no order.
    of_market: Vec<Vec<u32>>,
    /// Number of a slot's wait plus one, by slot; 0 where its order does not wait.
    of_slot: Vec<u32>,
}

/// Where the wait of a slot is follows from the slots of the waits that are in use.
impl Image for Waits {
    const MIN: usize = 24;
    const LAYOUT: u64 = layout("Waits", &[("list", <Vec<Wait>>::LAYOUT), ("of_market", <Vec<Vec<u32>>>::LAYOUT)]);

    fn save(&self, out: &mut Vec<u8>) {
        let Self { list, free, of_market, of_slot: _ } = self;
        list.save(out);
        free.save(out);
        of_market.save(out);
    }

    fn load(input: &mut Input<'_>) -> Result<Self, ImageError> {
        let (list, free, of_market): (Vec<Wait>, Vec<u32>, Vec<Vec<u32>>) = Image::load(input)?;
        input.ensure(free.iter().all(|number| (*number as usize) < list.len()), "a free wait that is none")?;
        Ok(Waits { list, free, of_market, of_slot: Vec::new() })
    }
}

impl Waits {
    /// Finds the waits of slots below `slots` again, after loading; `None` where they contradict each other.
    pub(crate) fn find_slots(&mut self, slots: usize) -> Option<()> {
        let used = || self.of_market.iter().flatten();
        let highest = used().map(|number| self.list.get(*number as usize).map(|wait| wait.slot)).max();
        let Some(highest) = highest else { return Some(()) };
        let highest = highest? as usize;
        if highest >= slots {
            return None;
        }
        let mut of_slot = vec![0; highest + 1];
        for number in used() {
            let place: &mut u32 = &mut of_slot[self.list.get(*number as usize)?.slot as usize];
            if core::mem::replace(place, number + 1) != 0 {
                return None;
            }
        }
        self.of_slot = of_slot;
        Some(())
    }

    pub(crate) fn insert(&mut self, instrument: InstrumentId, mut wait: Wait) -> u32 {
        let market = instrument.0 as usize;
        if self.of_market.len() <= market {
            self.of_market.resize_with(market + 1, Vec::new);
        }
        wait.at = u32::try_from(self.of_market[market].len()).expect("slots are 32 bits");
        let at = wait.slot as usize;
        if self.of_slot.len() <= at {
            self.of_slot.resize(at + 1, 0);
        }
        let number = if let Some(number) = self.free.pop() {
            self.list[number as usize] = wait;
            number
        } else {
            self.list.push(wait);
            u32::try_from(self.list.len() - 1).expect("slots are 32 bits")
        };
        self.of_slot[at] = number + 1;
        self.of_market[market].push(number);
        number
    }

    /// The number of a waiting order.
    pub(crate) fn find(&self, slot: Slot) -> Option<u32> {
        self.of_slot.get(slot as usize)?.checked_sub(1)
    }

    pub(crate) fn get(&self, number: u32) -> &Wait {
        &self.list[number as usize]
    }

    pub(crate) fn get_mut(&mut self, number: u32) -> &mut Wait {
        &mut self.list[number as usize]
    }

    /// Forgets a waiting order that stands nowhere any more.
    pub(crate) fn remove(&mut self, instrument: InstrumentId, number: u32) -> Wait {
        let wait = self.list[number as usize].clone();
        let others = &mut self.of_market[instrument.0 as usize];
        others.swap_remove(wait.at as usize);
        if let Some(moved) = others.get(wait.at as usize) {
            self.list[*moved as usize].at = wait.at;
        }
        debug_assert_eq!(wait.stage, Stage::Out, "an order leaves the trigger book before it is forgotten");
        self.of_slot[wait.slot as usize] = 0;
        self.free.push(number);
        wait
    }

    /// Slots of the waiting orders of an instrument, in no order.
    pub(crate) fn of(&self, instrument: InstrumentId) -> impl Iterator<Item = Slot> + '_ {
        let numbers = self.of_market.get(instrument.0 as usize);
        numbers.into_iter().flatten().map(|number| self.list[*number as usize].slot)
    }

    pub(crate) fn bytes(&self) -> usize {
        self.list.capacity() * size_of::<Wait>() + (self.free.capacity() + self.of_slot.capacity()) * size_of::<u32>()
    }
}
