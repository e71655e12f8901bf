//! The trigger book against a scan over every waiting order, under random ratchets, cancels, amends and retreats.

use super::*;
use crate::waits::{Stage, Wait};
use model::{Display, InstrumentId, SplitMix64, TickBand, TickTable};

/// What a scan knows of a waiting order.
struct Scanned {
    order_id: u64,
    order: u32,
    side: Side,
    trigger: Trigger,
    anchor: Option<i64>,
}

struct Twins {
    book: TriggerBook,
    waits: Waits,
    scan: Vec<Scanned>,
    /// Sides by order id: the engine keeps them in records.
    sides: Vec<Side>,
    ticks: TickTable,
    rng: SplitMix64,
    value: i64,
    stale: [bool; 2],
}

impl Twins {
    fn new(seed: u64) -> Self {
        let bands = vec![TickBand { from: Price(0), tick: 1 }, TickBand { from: Price(200), tick: 5 }];
        Twins {
            book: TriggerBook::default(),
            waits: Waits::default(),
            scan: Vec::new(),
            sides: Vec::new(),
            ticks: TickTable::new(bands).unwrap(),
            rng: SplitMix64::new(seed),
            value: 400,
            stale: [false; 2],
        }
    }

    fn below(&mut self, bound: i64) -> i64 {
        i64::try_from(self.rng.below(bound.unsigned_abs())).unwrap()
    }

    fn one_in(&mut self, n: i64) -> bool {
        self.below(n) == 0
    }

    fn some_price(&mut self) -> Price {
        let price = self.value / 2 + self.below(61) - 30;
        self.ticks.floor(Price(price.max(1)))
    }

    fn some_trigger(&mut self) -> Trigger {
        let kinds = [TriggerKind::StopLoss, TriggerKind::TakeProfit, TriggerKind::IfTouched, TriggerKind::TrailingStop];
        let kind = kinds[usize::try_from(self.below(6)).unwrap().min(3)];
        let price = self.some_price();
        let source = TriggerSource::ALL[usize::try_from(self.below(6)).unwrap()];
        let mut trigger = Trigger { source, strict: self.one_in(3), ..Trigger::at(kind, price) };
        trigger.fall_back = reference_of(source).is_some() && self.one_in(2);
        if kind == TriggerKind::TrailingStop {
            if self.one_in(2) {
                trigger.trail_amount = Some(Price(1 + self.below(20)));
            } else {
                trigger.trail_bps = Some(u32::try_from(1 + self.below(1_500)).unwrap());
            }
            trigger.price = trigger.price.filter(|_| self.one_in(3));
            trigger.activation_price = self.one_in(3).then(|| self.some_price());
            trigger.step = self.one_in(4).then(|| Price(1 + self.below(8)));
        }
        trigger
    }

    fn enter(&mut self) {
        let trigger = self.some_trigger();
        let side = [Side::Buy, Side::Sell][usize::from(self.one_in(2))];
        self.sides.push(side);
        let order_id = self.sides.len() as u64;
        let slot = u32::try_from(self.sides.len()).unwrap();
        let order = self.waits.insert(InstrumentId(0), Wait::new(order_id, slot, Some(trigger), Display::All, 0));
        let value = (!self.one_in(3)).then_some(self.value);
        let mut scanned = Scanned { order_id, order, side, trigger, anchor: None };
        if let Some(value) = value {
            follow(&mut scanned, value);
        }
        self.arm(&scanned, value);
        self.scan.push(scanned);
    }

    fn arm(&mut self, scanned: &Scanned, value: Option<i64>) {
        let grid = Grid { ticks: &self.ticks };
        self.book.arm(&mut self.waits, grid, (scanned.order, scanned.side), value);
    }

    fn disarm(&mut self, at: usize) -> Scanned {
        let scanned = self.scan.swap_remove(at);
        let grid = Grid { ticks: &self.ticks };
        self.book.disarm(&mut self.waits, grid, (scanned.order, scanned.side));
        let wait = self.waits.get(scanned.order);
        assert_eq!((wait.stage, wait.anchor), (Stage::Out, scanned.anchor), "it keeps the anchor it has reached");
        scanned
    }

    fn any(&mut self) -> Option<usize> {
        let count = i64::try_from(self.scan.len()).unwrap();
        (count > 0).then(|| usize::try_from(self.below(count)).unwrap())
    }

    /// A cancel, an amend of a fixed trigger, or a retreat into the book with the anchor reached.
    fn disturb(&mut self) {
        let Some(at) = self.any() else { return };
        let mut scanned = self.disarm(at);
        if self.one_in(2) {
            self.waits.remove(InstrumentId(0), scanned.order);
            return;
        }
        if scanned.trigger.kind != TriggerKind::TrailingStop {
            scanned.trigger.price = Some(self.some_price());
            self.waits.get_mut(scanned.order).trigger = Some(scanned.trigger);
        }
        self.arm(&scanned, None);
        self.scan.push(scanned);
    }

    fn observe(&mut self) {
        let jump = if self.one_in(10) { 40 } else { 6 };
        self.value = (self.value + self.below(2 * jump + 1) - jump).clamp(60, 900);
        let source = TriggerSource::ALL[usize::try_from(self.below(6)).unwrap()];
        let (value, stale, sides) = (self.value, self.stale, self.sides.clone());
        if reference_of(source).is_some_and(|kind| stale[kind as usize]) {
            return;
        }
        let grid = Grid { ticks: &self.ticks };
        let side_of = |waits: &Waits, order| sides[usize::try_from(waits.get(order).order_id).unwrap() - 1];
        let watched = self.book.watches(source, stale);
        let line = if watched {
            self.book.observe(&mut self.waits, grid, (source, stale), value, side_of)
        } else {
            Vec::new()
        };

        let expected = scanned_line(&mut self.scan, grid, (source, stale), value);
        let found: Vec<(u64, Price)> = line.iter().map(|crossed| (crossed.order_id, crossed.price)).collect();
        assert_eq!(found, expected, "source={source:?} value={value}");
        // Now and then only the first few may fire.
        let most = if self.one_in(8) { 2 } else { usize::MAX };
        for crossed in line.iter().take(most) {
            let at = self.scan.iter().position(|scanned| scanned.order_id == crossed.order_id).unwrap();
            self.disarm(at);
            self.waits.remove(InstrumentId(0), crossed.order);
        }
    }

    fn check(&self) {
        let grid = Grid { ticks: &self.ticks };
        assert_eq!(self.book.check(&self.waits, grid), self.scan.len());
        for scanned in &self.scan {
            let anchor = self.book.anchor(&self.waits, (scanned.order, scanned.side));
            assert_eq!(anchor, scanned.anchor, "anchor of {}", scanned.order_id);
        }
        let quoted = self.scan.iter().filter(|scanned| is_quote(scanned.trigger.source)).count();
        assert_eq!(self.book.quoted, quoted);
    }
}

/// R-107, for one order.
fn follow(scanned: &mut Scanned, value: i64) {
    let Scanned { side, trigger, anchor, .. } = scanned;
    if trigger.kind != TriggerKind::TrailingStop {
        return;
    }
    let up = if *side == Side::Sell { 1 } else { -1 };
    match *anchor {
        None => {
            if trigger.activation_price.is_none_or(|at| up * value >= up * 2 * at.0) {
                *anchor = Some(value);
            }
        }
        Some(old) => {
            let least = trigger.step.map_or(1, |step| 2 * step.0);
            if up * (value - old) >= least {
                *anchor = Some(value);
            }
        }
    }
}

/// What fires when a source takes a value, by looking at every order.
fn scanned_line(
    scan: &mut [Scanned],
    grid: Grid<'_>,
    (source, stale): (TriggerSource, [bool; 2]),
    value: i64,
) -> Vec<(u64, Price)> {
    let used = |trigger: &Trigger| match reference_of(trigger.source) {
        Some(kind) if trigger.fall_back && stale[kind as usize] => TriggerSource::Last,
        Some(_) | None => trigger.source,
    };
    let mut line = Vec::new();
    for scanned in scan.iter_mut().filter(|scanned| used(&scanned.trigger) == source) {
        follow(scanned, value);
        let Some(price) = grid.trigger_at(&scanned.trigger, scanned.side, scanned.anchor) else { continue };
        let (twice, falling) = (2 * price.0, falls(scanned.trigger.kind, scanned.side));
        let reached = if falling { value <= twice } else { value >= twice };
        if reached && !(scanned.trigger.strict && value == twice) {
            line.push((-(twice - value).abs(), scanned.order_id, price));
        }
    }
    line.sort_unstable();
    line.into_iter().map(|(_, order_id, price)| (order_id, price)).collect()
}

fn run(seed: u64, steps: usize) {
    let mut twins = Twins::new(seed);
    for _ in 0..steps {
        match twins.below(10) {
            0..4 => twins.enter(),
            4..6 => twins.disturb(),
            6 if twins.one_in(5) => {
                // A given price grows old or is renewed; only a fresh one gives values.
                twins.stale = [twins.one_in(2), twins.one_in(2)];
            }
            _ => twins.observe(),
        }
        twins.check();
    }
}

#[test]
fn it_fires_what_a_scan_over_all_would() {
    for seed in 0..40 {
        run(seed, 400);
    }
}

#[test]
fn it_does_so_with_many_orders_at_once() {
    run(1_000, 3_000);
}

#[test]
fn b04_an_amended_trigger_is_found_at_its_new_price_only() {
    let mut twins = Twins::new(0);
    let ticks = TickTable::uniform(1).unwrap();
    let grid = Grid { ticks: &ticks };
    let trigger = Trigger::at(TriggerKind::StopLoss, Price(90));
    let order = twins.waits.insert(InstrumentId(0), Wait::new(1, 1, Some(trigger), Display::All, 0));
    let see = |twins: &mut Twins, value| {
        let feed = (TriggerSource::Last, [false; 2]);
        twins.book.observe(&mut twins.waits, grid, feed, value, |_, _| Side::Sell)
    };
    twins.book.arm(&mut twins.waits, grid, (order, Side::Sell), None);

    twins.book.disarm(&mut twins.waits, grid, (order, Side::Sell));
    twins.waits.get_mut(order).trigger = Some(Trigger { price: Some(Price(80)), ..trigger });
    twins.book.arm(&mut twins.waits, grid, (order, Side::Sell), None);

    assert_eq!(see(&mut twins, 2 * 85), []);
    assert_eq!(see(&mut twins, 2 * 80).iter().map(|crossed| crossed.price).collect::<Vec<_>>(), [Price(80)]);
    twins.book.disarm(&mut twins.waits, grid, (order, Side::Sell));
    assert_eq!(twins.book.check(&twins.waits, grid), 0);
}
