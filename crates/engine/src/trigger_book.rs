//! The waiting orders of one instrument, by the source their triggers are compared with (B-06: one book each).

use model::image;
use model::{Price, ReferenceKind, Side, Trigger, TriggerKind, TriggerSource};

use crate::slope::{Grid, Slope, falls};
use crate::waits::Waits;

/// Sources, and twice the given ones with trade prices in their stead while they are missing.
const FEEDS: usize = 8;

/// The feed an order is compared with.
fn feed_of(trigger: &Trigger) -> usize {
    match (trigger.source, trigger.fall_back) {
        (TriggerSource::Mark, true) => 6,
        (TriggerSource::Index, true) => 7,
        (source, _) => source as usize,
    }
}

#[derive(Debug)]
struct Feed {
    falling: Slope,
    rising: Slope,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct TriggerBook {
    /// Empty before the first order waits here.
    feeds: Vec<Feed>,
    /// What all that wait have seen of each source: seeing it again changes nothing.
    pub(crate) seen: [Option<i64>; TriggerSource::ALL.len()],
    /// Orders that wait for a bid, an ask or a middle.
    pub(crate) quoted: usize,
    /// Orders that wait for anything but trade prices.
    pub(crate) elsewhere: usize,
    /// Orders that wait at all: armed, held or in the triggered queue.
    pub(crate) waiting: usize,
}

image!(Feed { falling: Slope, rising: Slope });
image!(TriggerBook {
    feeds: Vec<Feed>,
    seen: [Option<i64>; TriggerSource::ALL.len()],
    quoted: usize,
    elsewhere: usize,
    waiting: usize,
});

/// What fires, and where it stands in the line: the farthest passed first, the older of equals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Crossed {
    nearness: i64,
    pub(crate) order_id: u64,
    pub(crate) order: u32,
    pub(crate) price: Price,
}

impl TriggerBook {
    fn slope(&self, trigger: &Trigger, side: Side) -> &Slope {
        let feed = &self.feeds[feed_of(trigger)];
        if falls(trigger.kind, side) { &feed.falling } else { &feed.rising }
    }

    fn slope_mut(&mut self, trigger: &Trigger, side: Side) -> &mut Slope {
        let feed = &mut self.feeds[feed_of(trigger)];
        if falls(trigger.kind, side) { &mut feed.falling } else { &mut feed.rising }
    }

    /// Puts a waiting order in; `value` is what its source is now, in halves.
    pub(crate) fn arm(&mut self, waits: &mut Waits, grid: Grid<'_>, (order, side): (u32, Side), value: Option<i64>) {
        if self.feeds.is_empty() {
            let feed = || Feed { falling: Slope::new(true), rising: Slope::new(false) };
            self.feeds = (0..FEEDS).map(|_| feed()).collect();
        }
        let trigger = waits.get(order).trigger.expect("only orders with a trigger are armed");
        self.seen = [None; TriggerSource::ALL.len()];
        self.quoted += usize::from(is_quote(trigger.source));
        self.elsewhere += usize::from(trigger.source != TriggerSource::Last);
        self.slope_mut(&trigger, side).arm(waits, grid, order, value);
    }

    /// Takes a waiting order out; it keeps the anchor it has reached.
    pub(crate) fn disarm(&mut self, waits: &mut Waits, grid: Grid<'_>, (order, side): (u32, Side)) {
        let trigger = waits.get(order).trigger.expect("only orders with a trigger are armed");
        self.quoted -= usize::from(is_quote(trigger.source));
        self.elsewhere -= usize::from(trigger.source != TriggerSource::Last);
        self.slope_mut(&trigger, side).disarm(waits, grid, order);
    }

    /// The anchor of an armed, active trailing stop, in halves.
    pub(crate) fn anchor(&self, waits: &Waits, (order, side): (u32, Side)) -> Option<i64> {
        let wait = waits.get(order);
        let trigger = wait.trigger.filter(|trigger| trigger.kind == TriggerKind::TrailingStop)?;
        if self.feeds.is_empty() { wait.anchor } else { self.slope(&trigger, side).anchor(waits, order) }
    }

    /// Whether anything waits for a source; `stale` are the given prices that trade prices stand for.
    pub(crate) fn watches(&self, source: TriggerSource, stale: [bool; 2]) -> bool {
        !self.feeds.is_empty()
            && feeds(source, stale).any(|feed| self.feeds[feed].falling.count + self.feeds[feed].rising.count > 0)
    }

    /// Lets everything that waits for a source see a value, in halves, and gives what fires, in order.
    /// `side_of` gives the side of an order.
    pub(crate) fn observe(
        &mut self,
        waits: &mut Waits,
        grid: Grid<'_>,
        (source, stale): (TriggerSource, [bool; 2]),
        value: i64,
        side_of: impl Fn(&Waits, u32) -> Side,
    ) -> Vec<Crossed> {
        let mut found = Vec::new();
        for feed in feeds(source, stale) {
            let Feed { falling, rising } = &mut self.feeds[feed];
            for slope in [falling, rising].into_iter().filter(|slope| slope.count > 0) {
                slope.follow(waits, grid, value);
                slope.crossed(waits, grid, value, &mut found);
            }
        }
        let waits = &*waits;
        let mut line: Vec<Crossed> = found
            .into_iter()
            .map(|order| {
                let side = side_of(waits, order);
                let wait = waits.get(order);
                let trigger = wait.trigger.expect("only orders with a trigger are armed");
                let anchor = self.slope(&trigger, side).anchor(waits, order);
                let price = grid.trigger_at(&trigger, side, anchor).expect("what is crossed has a trigger");
                Crossed { nearness: -(2 * price.0 - value).abs(), order_id: wait.order_id, order, price }
            })
            .collect();
        line.sort_unstable();
        line.dedup();
        line
    }

    /// Checks the structure.
    ///
    /// # Panics
    /// Where it does not hold together.
    pub(crate) fn check(&self, waits: &Waits, grid: Grid<'_>) -> usize {
        let slopes = || self.feeds.iter().flat_map(|feed| [&feed.falling, &feed.rising]);
        slopes().for_each(|slope| slope.check(waits, grid));
        slopes().map(|slope| slope.count).sum()
    }
}

fn is_quote(source: TriggerSource) -> bool {
    matches!(source, TriggerSource::Bid | TriggerSource::Ask | TriggerSource::Mid)
}

#[cfg(test)]
mod tests;

/// The feeds that see the values of a source.
fn feeds(source: TriggerSource, stale: [bool; 2]) -> impl Iterator<Item = usize> {
    let [mark, index] = stale;
    let instead = match source {
        TriggerSource::Last => [mark.then_some(6), index.then_some(7)],
        TriggerSource::Mark => [Some(6), None],
        TriggerSource::Index => [Some(7), None],
        TriggerSource::Bid | TriggerSource::Ask | TriggerSource::Mid => [None, None],
    };
    core::iter::once(source as usize).chain(instead.into_iter().flatten())
}

/// The source that is a given price.
pub(crate) fn source_of(kind: ReferenceKind) -> TriggerSource {
    match kind {
        ReferenceKind::Mark => TriggerSource::Mark,
        ReferenceKind::Index => TriggerSource::Index,
    }
}

/// The given price a source stands for.
pub(crate) fn reference_of(source: TriggerSource) -> Option<ReferenceKind> {
    match source {
        TriggerSource::Mark => Some(ReferenceKind::Mark),
        TriggerSource::Index => Some(ReferenceKind::Index),
        TriggerSource::Last | TriggerSource::Bid | TriggerSource::Ask | TriggerSource::Mid => None,
    }
}
