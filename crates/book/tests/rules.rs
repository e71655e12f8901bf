//! The written rules of resting orders, one behaviour each, and the calls a book refuses.

use book::{Arena, Book, Display, Fill, Iceberg, Maker, OrderIndex, Resting, Side, Slot};

const ASK: Side = Side::Ask;

/// A book under test, with its arena.
struct Desk {
    arena: Arena,
    book: Book,
}

impl Desk {
    fn new() -> Self {
        Self { arena: Arena::new(), book: Book::new() }
    }

    fn rest(&mut self, order_id: u64, tick: i64, leaves: i64, display: Display) -> Slot {
        let slot = self.arena.alloc();
        self.book.insert(&mut self.arena, slot, ASK, tick, &Resting { order_id, owner: 7, leaves, display });
        self.book.check_invariants(&self.arena);
        slot
    }

    /// Sells `lots` worth of what is in front; returns (order id, lots) of each execution.
    fn take(&mut self, mut lots: i64) -> Vec<(u64, i64)> {
        let mut trades = Vec::new();
        while let Some(Maker { slot, order_id, qty, .. }) = self.book.front(&self.arena, ASK).filter(|_| lots > 0) {
            let share = qty.min(lots);
            lots -= share;
            trades.push((order_id, share));
            self.book.fill(&mut self.arena, slot, share);
            self.book.check_invariants(&self.arena);
        }
        trades
    }

    fn line(&self, tick: i64) -> Vec<(u64, i64)> {
        self.book.level_orders(&self.arena, ASK, tick).map(|maker| (maker.order_id, maker.qty)).collect()
    }
}

fn iceberg(display_size: i64, threshold: i64) -> Display {
    Display::Iceberg(Iceberg { display_size, threshold, variance_bps: 0, seed: 0, refills: 0 })
}

#[test]
fn better_price_trades_first_then_earlier_order() {
    let mut desk = Desk::new();
    desk.rest(1, 101, 5, Display::All);
    desk.rest(2, 100, 5, Display::All);
    desk.rest(3, 100, 5, Display::All);

    assert_eq!(desk.take(12), [(2, 5), (3, 5), (1, 2)]);
}

/// B-03: 10,000 lots with 500 shown, taken 300 and then 250 while alone at the price.
#[test]
fn iceberg_alone_trades_on_from_its_new_tip() {
    let mut desk = Desk::new();
    let slot = desk.rest(1, 100, 10_000, iceberg(500, 0));

    assert_eq!(desk.take(300), [(1, 300)]);
    assert_eq!(desk.take(250), [(1, 200), (1, 50)]);

    assert_eq!(desk.book.volume_at(ASK, 100), 450);
    assert_eq!((desk.arena.hidden(slot), desk.arena.leaves(slot)), (9_000, 9_450));
}

/// B-03, S-51: other displayed orders at the price trade before the refreshed tip.
#[test]
fn refreshed_tip_goes_behind_the_others() {
    let mut desk = Desk::new();
    desk.rest(1, 100, 10, iceberg(4, 0));
    desk.rest(2, 100, 5, Display::All);

    assert_eq!(desk.take(4), [(1, 4)]);

    assert_eq!(desk.line(100), [(2, 5), (1, 4)]);
}

/// S-52: all displayed lots, then refreshed tips in the order they ran out, then hidden ones, then the next price.
#[test]
fn sweep_exhausts_a_price_before_the_next() {
    let mut desk = Desk::new();
    desk.rest(9, 100, 3, Display::Hidden);
    desk.rest(1, 100, 5, iceberg(2, 0));
    desk.rest(2, 100, 4, iceberg(3, 0));
    desk.rest(3, 101, 9, Display::All);

    assert_eq!(desk.take(14), [(1, 2), (2, 3), (1, 2), (2, 1), (1, 1), (9, 3), (3, 2)]);
}

/// B-01: the refill is computed from the display size, which fills do not change.
#[test]
fn every_refill_shows_the_display_size_until_the_last() {
    let mut desk = Desk::new();
    let slot = desk.rest(1, 100, 10, iceberg(4, 0));

    assert_eq!(desk.book.fill(&mut desk.arena, slot, 4), Fill::Refilled { tip: 4, hidden: 2 });
    assert_eq!(desk.book.fill(&mut desk.arena, slot, 4), Fill::Refilled { tip: 2, hidden: 0 });
    assert_eq!(desk.book.fill(&mut desk.arena, slot, 1), Fill::Partial);
    assert_eq!(desk.book.fill(&mut desk.arena, slot, 1), Fill::Done);
    assert!(desk.book.is_empty(ASK));
}

#[test]
fn tip_is_topped_up_at_the_threshold_and_not_above_it() {
    let mut desk = Desk::new();
    let slot = desk.rest(1, 100, 20, iceberg(10, 3));

    assert_eq!(desk.book.fill(&mut desk.arena, slot, 6), Fill::Partial);
    assert_eq!(desk.arena.tip(slot), 4);
    assert_eq!(desk.book.fill(&mut desk.arena, slot, 1), Fill::Refilled { tip: 10, hidden: 3 });
    assert_eq!(desk.arena.iceberg(slot).map(|rule| rule.refills), Some(1));
}

/// S-55: in an auction the whole of an iceberg trades.
#[test]
fn fill_of_the_whole_goes_through_the_reserve() {
    let mut desk = Desk::new();
    let slot = desk.rest(1, 100, 20, iceberg(5, 0));

    assert_eq!(desk.book.fill_leaves(&mut desk.arena, slot, 12), Fill::Refilled { tip: 5, hidden: 3 });
    assert_eq!(desk.book.fill_leaves(&mut desk.arena, slot, 8), Fill::Done);
}

/// S-15: a decrease keeps priority, and takes the reserve before the tip.
/// The level follows (INV-8).
#[test]
fn decrease_keeps_the_place_and_takes_the_reserve_first() {
    let mut desk = Desk::new();
    let slot = desk.rest(1, 100, 10, iceberg(4, 0));
    desk.rest(2, 100, 5, Display::All);

    desk.book.reduce(&mut desk.arena, slot, 5);
    assert_eq!((desk.arena.tip(slot), desk.arena.hidden(slot)), (4, 1));
    desk.book.reduce(&mut desk.arena, slot, 3);

    assert_eq!((desk.arena.tip(slot), desk.arena.hidden(slot)), (3, 0));
    assert_eq!(desk.line(100), [(1, 3), (2, 5)]);
    assert_eq!(desk.book.volume_at(Side::Ask, 100), 8);
}

/// S-15: the display size counts from the next refresh, at once only where the tip is larger.
#[test]
fn display_size_applies_at_once_only_downwards() {
    let mut desk = Desk::new();
    let slot = desk.rest(1, 100, 20, iceberg(6, 0));
    desk.rest(2, 100, 5, Display::All);

    desk.book.set_display(&mut desk.arena, slot, 9);
    assert_eq!(desk.line(100), [(1, 6), (2, 5)]);
    desk.book.set_display(&mut desk.arena, slot, 4);
    assert_eq!(desk.line(100), [(1, 4), (2, 5)]);
    desk.book.set_display(&mut desk.arena, slot, 9);
    desk.book.grow_hidden(&mut desk.arena, slot, 1);

    assert_eq!(desk.book.fill(&mut desk.arena, slot, 4), Fill::Refilled { tip: 9, hidden: 8 });
    assert_eq!(desk.line(100), [(2, 5), (1, 9)]);
}

/// S-56: a price with hidden orders only is there for the engine and shows nothing.
#[test]
fn hidden_level_is_listed_with_nothing_displayed() {
    let mut desk = Desk::new();
    desk.rest(1, 100, 5, Display::Hidden);
    desk.rest(2, 103, 5, Display::All);

    let levels: Vec<(i64, i64, u32)> =
        desk.book.levels(ASK).map(|(tick, view)| (tick, view.displayed, view.count)).collect();

    assert_eq!(levels, [(100, 0, 0), (103, 5, 1)]);
    assert_eq!(desk.book.best(ASK), Some(100));
    assert_eq!(desk.book.front(&desk.arena, ASK).map(|maker| maker.hidden), Some(true));
}

/// Prices reach both sides alike: a limit reaches the best price or better ones, and nothing reaches an empty side.
#[test]
fn limit_reaches_the_best_price_and_not_one_tick_less() {
    let mut desk = Desk::new();
    assert!(!desk.book.reaches(ASK, i64::MAX - 1));
    desk.rest(1, 100, 5, Display::All);
    let slot = desk.arena.alloc();
    let bid = Resting { order_id: 2, owner: 1, leaves: 1, display: Display::All };
    desk.book.insert(&mut desk.arena, slot, Side::Bid, 98, &bid);

    assert!(desk.book.reaches(ASK, 100) && desk.book.reaches(ASK, 101) && !desk.book.reaches(ASK, 99));
    assert!(desk.book.reaches(Side::Bid, 98) && desk.book.reaches(Side::Bid, 97) && !desk.book.reaches(Side::Bid, 99));
    assert_eq!(desk.book.front_within(&desk.arena, ASK, 99), None);
    assert_eq!(desk.book.front_within(&desk.arena, ASK, 100), desk.book.front(&desk.arena, ASK));
}

#[test]
fn next_tick_skips_to_the_next_worse_price() {
    let mut desk = Desk::new();
    for (order_id, tick) in [(1, 100), (2, 164), (3, 9_000_000)] {
        desk.rest(order_id, tick, 1, Display::All);
    }

    assert_eq!(desk.book.next_tick(ASK, i64::MIN), Some(100));
    assert_eq!(desk.book.next_tick(ASK, 100), Some(164));
    assert_eq!(desk.book.next_tick(ASK, 165), Some(9_000_000));
    assert_eq!(desk.book.next_tick(ASK, 9_000_000), None);
    assert_eq!(desk.book.next_tick(Side::Bid, i64::MAX), None);
}

#[test]
fn price_without_orders_has_no_level() {
    let mut desk = Desk::new();
    desk.rest(1, 100, 1, Display::All);
    let slot = desk.rest(2, 101, 1, Display::All);
    desk.book.remove(&mut desk.arena, slot);

    for tick in [99, 101, 1_000_000] {
        assert_eq!(desk.book.level(ASK, tick), None, "tick={tick}");
        assert_eq!(desk.book.volume_at(ASK, tick), 0, "tick={tick}");
    }
    assert_eq!(desk.book.level(Side::Bid, 100), None);
}

/// A snapshot gives back the tip it found, not a fresh one.
#[test]
fn restored_iceberg_shows_the_tip_it_had() {
    let mut desk = Desk::new();
    let slot = desk.arena.alloc();
    let order = Resting { order_id: 1, owner: 1, leaves: 10, display: iceberg(4, 0) };

    desk.book.restore(&mut desk.arena, slot, ASK, 100, &order, 1);

    assert_eq!(desk.line(100), [(1, 1)]);
    assert_eq!(desk.arena.leaves(slot), 10);
}

#[test]
fn removed_iceberg_returns_all_it_had_and_leaves_its_owner() {
    let mut desk = Desk::new();
    let slot = desk.rest(1, 100, 10, iceberg(4, 0));

    assert_eq!(desk.book.remove(&mut desk.arena, slot), 10);

    assert_eq!((desk.arena.owner(slot), desk.arena.leaves(slot)), (7, 0));
}

/// Goal *memory*: an empty book below a kilobyte, one order below 16 KB, and 48 bytes an order in a large book.
#[test]
fn memory_stays_within_its_budget() {
    let (mut desk, mut index) = (Desk::new(), OrderIndex::new());
    assert!(desk.book.bytes() < 1_024);
    desk.rest(1, 100, 1, Display::All);
    assert!(desk.book.bytes() + desk.arena.bytes() < 16_384);

    for order_id in 2..=200_000_u64 {
        let slot = desk.arena.alloc();
        let order = Resting { order_id, owner: 0, leaves: 1, display: Display::All };
        let tick = 1_000 + i64::try_from(order_id % 5_000).unwrap();
        desk.book.insert(&mut desk.arena, slot, ASK, tick, &order);
        index.insert(order_id, slot);
    }

    let bytes = desk.book.bytes() + desk.arena.bytes() + index.bytes();
    assert!(bytes <= 200_000 * 48, "bytes={bytes}");
}

#[test]
#[should_panic(expected = "nothing left")]
fn order_without_lots_cannot_rest() {
    Desk::new().rest(1, 100, 0, Display::All);
}

#[test]
#[should_panic(expected = "display below one lot")]
fn iceberg_without_display_cannot_rest() {
    Desk::new().rest(1, 100, 5, iceberg(0, 0));
}

#[test]
#[should_panic(expected = "price out of range")]
fn price_beyond_the_range_cannot_rest() {
    Desk::new().rest(1, (1 << 61) + 1, 5, Display::All);
}

#[test]
#[should_panic(expected = "already resting")]
fn resting_order_cannot_rest_again() {
    let mut desk = Desk::new();
    let slot = desk.rest(1, 100, 5, Display::All);
    let order = Resting { order_id: 1, owner: 7, leaves: 5, display: Display::All };
    desk.book.insert(&mut desk.arena, slot, ASK, 101, &order);
}

#[test]
#[should_panic(expected = "quantity out of range")]
fn fill_beyond_the_tip_is_refused() {
    let mut desk = Desk::new();
    let slot = desk.rest(1, 100, 10, iceberg(4, 0));
    desk.book.fill(&mut desk.arena, slot, 5);
}

#[test]
#[should_panic(expected = "not resting")]
fn fill_after_the_last_lot_is_refused() {
    let mut desk = Desk::new();
    let slot = desk.rest(1, 100, 5, Display::All);
    assert_eq!(desk.book.fill(&mut desk.arena, slot, 5), Fill::Done);
    desk.book.fill(&mut desk.arena, slot, 1);
}

#[test]
#[should_panic(expected = "does not rest")]
fn order_cannot_be_removed_twice() {
    let mut desk = Desk::new();
    let slot = desk.rest(1, 100, 5, Display::All);
    desk.book.remove(&mut desk.arena, slot);
    desk.book.remove(&mut desk.arena, slot);
}

#[test]
#[should_panic(expected = "freed while its order rests")]
fn slot_of_a_resting_order_cannot_be_freed() {
    let mut desk = Desk::new();
    let slot = desk.rest(1, 100, 5, Display::All);
    desk.arena.free(slot);
}

#[test]
#[should_panic(expected = "reduce out of range")]
fn decrease_to_more_than_is_left_is_refused() {
    let mut desk = Desk::new();
    let slot = desk.rest(1, 100, 5, Display::All);
    desk.book.reduce(&mut desk.arena, slot, 6);
}

#[test]
#[should_panic(expected = "grown while no iceberg")]
fn reserve_of_a_plain_order_cannot_grow() {
    let mut desk = Desk::new();
    let slot = desk.rest(1, 100, 5, Display::All);
    desk.book.grow_hidden(&mut desk.arena, slot, 1);
}
