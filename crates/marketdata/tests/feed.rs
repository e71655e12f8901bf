//! Publisher and replicas against a plain list of orders, under a seeded stream of events.
#![allow(clippy::unwrap_used, reason = "a test and its support module")]

mod market;

use std::collections::BTreeMap;

use market::{INSTRUMENTS, Market, Resting};
use marketdata::feed::{Body, CHECKSUM_EVERY, Delta, Depth, Update, View};
use marketdata::l1::Top;
use marketdata::l2::Levels;
use marketdata::l3::Orders;
use marketdata::level::Level;
use marketdata::publisher::Publisher;
use marketdata::replica::{Applied, FeedError, Replica, Snapshot};
use marketdata::trade_tape::TradeTape;
use model::{InstrumentId, Price, PublicId, Qty, Side};

const EPOCH: u32 = 9;

fn instruments() -> impl Iterator<Item = InstrumentId> {
    (0..u32::try_from(INSTRUMENTS).unwrap()).map(InstrumentId)
}

/// The displayed levels of a side by the plain list, best first.
fn levels_of(orders: &[Resting], instrument: InstrumentId, side: Side) -> Vec<Level> {
    let mut sums: BTreeMap<Price, Level> = BTreeMap::new();
    for order in orders.iter().filter(|o| o.instrument == instrument && o.side == side && o.tip > 0) {
        let level = sums.entry(order.price).or_insert(Level::uncounted(order.price, Qty(0)));
        level.qty.0 += order.tip;
        level.order_count += 1;
    }
    match side {
        Side::Buy => sums.into_values().rev().collect(),
        Side::Sell => sums.into_values().collect(),
    }
}

fn assert_views_tell_the_truth(publisher: &Publisher, market: &Market, instrument: InstrumentId) {
    let Some(l3) = publisher.l3(instrument).map(|snapshot| snapshot.view) else { return };
    let (l2, l1) = (publisher.l2(instrument).unwrap().view, publisher.l1(instrument).unwrap().view);
    for side in [Side::Buy, Side::Sell] {
        let truth = levels_of(&market.orders, instrument, side);
        assert_eq!(l2.side(side).collect::<Vec<_>>(), truth);
        assert_eq!(l3.levels().side(side).collect::<Vec<_>>(), truth);
        assert_eq!(if side == Side::Buy { l1.bid } else { l1.ask }, truth.first().copied());
        for level in truth {
            let is_there =
                |o: &&Resting| (o.instrument, o.side, o.price) == (instrument, side, level.price) && o.tip > 0;
            let queue: Vec<_> = market.orders.iter().filter(is_there).map(|o| (o.public_id, Qty(o.tip))).collect();
            assert_eq!(l3.queue(side, level.price).map(|o| (o.public_id, o.qty)).collect::<Vec<_>>(), queue);
        }
    }
}

#[test]
fn after_every_command_the_views_tell_the_truth() {
    for seed in 0..30 {
        let (mut market, mut publisher, mut out) = (Market::new(seed), Publisher::new(EPOCH), vec![]);
        for _ in 0..300 {
            publisher.absorb(&market.command(), &mut out);
            for instrument in instruments() {
                assert_views_tell_the_truth(&publisher, &market, instrument);
            }
        }
    }
}

/// All updates of one channel, and the publisher's state after every command.
fn record<V: View>(seed: u64, commands: usize, get: impl Fn(&Publisher) -> Option<Snapshot<V>>) -> Recording<V> {
    let (mut market, mut publisher, mut all, mut snapshots) =
        (Market::new(seed), Publisher::new(EPOCH), vec![], vec![]);
    for _ in 0..commands {
        publisher.absorb(&market.command(), &mut all);
        snapshots.extend(get(&publisher));
    }
    let is_ours = |update: &Update| update.depth == V::DEPTH && update.instrument == InstrumentId(0);
    Recording { updates: all.into_iter().filter(is_ours).collect(), snapshots }
}

struct Recording<V> {
    updates: Vec<Update>,
    snapshots: Vec<Snapshot<V>>,
}

fn for_each_depth(check: &impl Checker) {
    let id = InstrumentId(0);
    for seed in 100..103 {
        check.check(&record::<Top>(seed, 800, |p| p.l1(id)));
        check.check(&record::<Levels>(seed, 800, |p| p.l2(id)));
        check.check(&record::<Orders>(seed, 800, |p| p.l3(id)));
    }
}

trait Checker {
    fn check<V: View + std::fmt::Debug>(&self, recording: &Recording<V>);
}

struct ReplicaEqualsSnapshot;

impl Checker for ReplicaEqualsSnapshot {
    /// From each of some snapshots on, with all updates since the beginning buffered: the old ones are stale, and
    /// wherever a later snapshot was taken the replica is equal to it.
    fn check<V: View + std::fmt::Debug>(&self, recording: &Recording<V>) {
        let fresh: BTreeMap<u64, &Snapshot<V>> = recording.snapshots.iter().map(|s| (s.seq, s)).collect();
        for start in [0, 57, 199, recording.snapshots.len() - 1] {
            let first = &recording.snapshots[start];
            let mut replica = Replica::new(first.clone());
            let mut compared = BTreeMap::new();
            for update in &recording.updates {
                let applied = replica.apply(update).unwrap();
                assert_eq!(applied == Applied::Stale, update.seq <= first.seq);
                if let Some(snapshot) = fresh.get(&replica.seq()) {
                    assert_eq!(replica.snapshot(), *snapshot);
                    compared.insert(replica.seq(), ());
                }
            }
            assert_eq!(compared.len(), fresh.range(first.seq.max(1)..).count());
        }
    }
}

#[test]
fn a_replica_equals_a_fresh_snapshot_at_any_time() {
    for_each_depth(&ReplicaEqualsSnapshot);
}

struct LossIsDetected;

impl Checker for LossIsDetected {
    /// Whichever message is dropped, the very next one is refused, the replica stays as it was, and the missing message
    /// heals it.
    fn check<V: View + std::fmt::Debug>(&self, recording: &Recording<V>) {
        let mut replica =
            Replica::new(Snapshot { seq: 0, view: V::default(), status: <_>::default(), ..recording.snapshots[0] });
        for pair in recording.updates.windows(2) {
            let before = replica.clone();
            let expected = FeedError::Gap { expected: pair[0].prev_seq, got: pair[0].seq };
            assert_eq!(replica.apply(&pair[1]), Err(expected));
            assert_eq!(replica, before);
            assert_eq!(replica.apply(&pair[0]), Ok(Applied::Next));
        }
    }
}

#[test]
fn dropping_any_message_is_detected_by_the_next_one() {
    for_each_depth(&LossIsDetected);
}

struct Numbering;

impl Checker for Numbering {
    fn check<V: View + std::fmt::Debug>(&self, recording: &Recording<V>) {
        let mut checksums = 0;
        for (update, seq) in recording.updates.iter().zip(1..) {
            assert_eq!((update.seq, update.prev_seq, update.epoch), (seq, seq - 1, EPOCH));
            let is_checksum = matches!(update.body, Body::Checksum(_));
            assert_eq!(is_checksum, seq % CHECKSUM_EVERY == 0);
            checksums += u32::from(is_checksum);
        }
        assert!(checksums >= 2, "the recording is too short to test checksums");
    }
}

#[test]
fn messages_are_numbered_without_gaps_and_each_hundredth_is_a_checksum() {
    for_each_depth(&Numbering);
}

struct ForgeryIsDetected;

impl Checker for ForgeryIsDetected {
    /// A replica that believes the book is empty is told so by the first checksum.
    fn check<V: View + std::fmt::Debug>(&self, recording: &Recording<V>) {
        let at = recording.updates.iter().position(|update| matches!(update.body, Body::Checksum(_))).unwrap();
        let checksum = recording.updates[at];
        let mut forged = Replica::new(Snapshot {
            seq: checksum.prev_seq,
            view: V::default(),
            status: <_>::default(),
            ..recording.snapshots[0]
        });
        let Body::Checksum(theirs) = checksum.body else { unreachable!() };
        let ours = V::default().checksum();

        assert_eq!(forged.apply(&checksum), Err(FeedError::Checksum { ours, theirs }));
        assert_eq!(forged.seq(), checksum.prev_seq, "a refused message is not counted");
    }
}

#[test]
fn a_book_that_differs_fails_at_the_checksum() {
    for_each_depth(&ForgeryIsDetected);
}

#[test]
fn updates_of_other_channels_and_runs_are_refused() {
    let recording = record::<Levels>(1, 50, |p| p.l2(InstrumentId(0)));
    let next = recording.updates[0];
    let start = Snapshot { seq: 0, view: Levels::default(), status: <_>::default(), ..recording.snapshots[0] };
    let mut replica = Replica::new(start.clone());

    let other = InstrumentId(7);
    let wrong = [
        (Update { instrument: other, ..next }, FeedError::WrongChannel { instrument: other, depth: Depth::L2 }),
        (
            Update { depth: Depth::L1, ..next },
            FeedError::WrongChannel { instrument: InstrumentId(0), depth: Depth::L1 },
        ),
        (Update { epoch: EPOCH + 1, ..next }, FeedError::WrongEpoch { expected: EPOCH, got: EPOCH + 1 }),
    ];
    for (update, expected) in wrong {
        assert_eq!(replica.apply(&update), Err(expected));
    }
    assert_eq!(replica, Replica::new(start));
}

#[test]
fn hidden_orders_and_reserves_are_nowhere_in_the_feed() {
    for seed in 0..20 {
        let (mut market, mut publisher) = (Market::new(seed), Publisher::new(EPOCH));
        for _ in 0..300 {
            let mut out = vec![];
            publisher.absorb(&market.command(), &mut out);
            for update in &out {
                if let Body::Book(Delta::Order(change)) = update.body {
                    assert!(!format!("{change:?}").contains("PublicId(0)"), "a hidden order is named");
                }
            }
        }
        let displayed: i64 = market.orders.iter().map(|order| order.tip).sum();
        let hidden: i64 = market.orders.iter().map(|order| order.reserve).sum();
        let shown: i64 = instruments()
            .filter_map(|id| publisher.l3(id))
            .flat_map(|s| s.view.iter().map(|o| o.qty.0).collect::<Vec<_>>())
            .sum();
        assert!(hidden > 0, "the market hid nothing");
        assert_eq!(shown, displayed);
    }
}

#[test]
fn every_trade_is_printed_once_on_every_channel_with_its_executed_size() {
    let (mut market, mut publisher, mut out) = (Market::new(5), Publisher::new(EPOCH), vec![]);
    let mut tape = TradeTape::default();
    for _ in 0..400 {
        let events = market.command();
        for event in &events {
            tape.absorb(event).unwrap();
        }
        publisher.absorb(&events, &mut out);
    }
    for depth in [Depth::L1, Depth::L2, Depth::L3] {
        let prints: Vec<_> = out
            .iter()
            .filter(|update| update.depth == depth)
            .filter_map(|update| match update.body {
                Body::Traded(print) => Some((update.instrument, print.price, print.qty)),
                Body::Book(_) | Body::State(_) | Body::Indicative(_) | Body::Uncrossed(_) | Body::Checksum(_) => None,
            })
            .collect();
        assert_eq!(prints, market.trades);
    }
    for instrument in instruments() {
        let ours: Vec<_> = market.trades.iter().filter(|(id, ..)| *id == instrument).collect();
        let stats = tape.get(instrument).unwrap();
        assert_eq!(usize::try_from(stats.trades).unwrap(), ours.len());
        assert_eq!(stats.notional, ours.iter().map(|(_, px, qty)| i128::from(px.0) * i128::from(qty.0)).sum::<i128>());
        assert_eq!(Some(stats.high_price), ours.iter().map(|(_, px, _)| *px).max());
        assert_eq!(Some(stats.low_price), ours.iter().map(|(_, px, _)| *px).min());
    }
    assert_eq!(tape.get(InstrumentId(77)), None);
}

#[test]
fn a_command_that_changes_no_level_is_silent_on_l2_even_where_l3_speaks() {
    let mut quiet = 0;
    for seed in 0..40 {
        let (mut market, mut publisher) = (Market::new(seed), Publisher::new(EPOCH));
        for _ in 0..200 {
            let mut out = vec![];
            let before: Vec<_> = instruments().map(|id| publisher.l2(id).map(|s| s.view)).collect();
            publisher.absorb(&market.command(), &mut out);
            for (instrument, before) in instruments().zip(before) {
                let of = |depth| {
                    let is_book =
                        |u: &&Update| (u.instrument, u.depth) == (instrument, depth) && matches!(u.body, Body::Book(_));
                    out.iter().filter(is_book).count()
                };
                let is_same = before == publisher.l2(instrument).map(|s| s.view);
                if before.is_some() {
                    assert_eq!(of(Depth::L2) == 0, is_same);
                    quiet += u32::from(is_same && of(Depth::L3) > 0);
                }
            }
        }
    }
    assert!(quiet > 0, "no command changed L3 only");
}

#[test]
fn commands_absorbed_together_publish_what_they_publish_one_by_one() {
    let (mut one, mut both) = (Publisher::new(EPOCH), Publisher::new(EPOCH));
    let (mut out_one, mut out_both, mut events) = (vec![], vec![], vec![]);
    let mut market = Market::new(11);
    for _ in 0..200 {
        let command = market.command();
        one.absorb(&command, &mut out_one);
        events.extend(command);
    }

    both.absorb(&events, &mut out_both);

    assert_eq!(out_one, out_both);
}

#[test]
fn an_unknown_instrument_has_no_snapshot() {
    let publisher = Publisher::new(EPOCH);

    assert_eq!(publisher.l1(InstrumentId(0)), None);
    assert_eq!(publisher.l2(InstrumentId(0)), None);
    assert_eq!(publisher.l3(InstrumentId(0)), None);
    assert_eq!(publisher.levels(InstrumentId(0)), None);
    assert_eq!(Orders::default().get(PublicId(1)), None);
}
