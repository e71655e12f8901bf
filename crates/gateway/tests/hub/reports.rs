//! What becomes of orders is told to whom it concerns: once, in order, across connections and restarts.

use crate::support::{Plain, cancel, keys, logon, order};
use crate::world::{World, about};
use gateway::hub::Hub;
use gateway::limits::Limits;
use model::{Side, SplitMix64};
use wire::{ExecType, Logon, LogoutReason, Message, Position, Role};

#[test]
fn both_sides_of_a_trade_are_told_and_nobody_else() {
    let mut world = World::new(Limits::default());
    world.traders(&["a", "a2", "b"]);

    world.say("a", order("bid", Side::Buy, 5, 100));
    world.say("b", order("hit", Side::Sell, 3, 100));

    assert_eq!(world.told("a"), [(ExecType::New, 0), (ExecType::Trade, 3)]);
    assert_eq!(world.told("a2"), world.told("a"));
    assert_eq!(world.told("b"), [(ExecType::New, 0), (ExecType::Trade, 3)]);
    let fill = world.client("a").reports()[1].clone();
    assert_eq!((fill.leaves_qty.0, fill.cum_qty.0, fill.cum_value), (2, 3, Some(300)));
    assert_eq!(fill.cl_ord_id.unwrap().as_str(), "bid");
    assert_eq!(fill.account.0, 1);
}

#[test]
fn g_26_an_answer_names_its_question_to_whoever_asked_and_to_nobody_else() {
    let mut world = World::new(Limits::default());
    world.traders(&["a", "a2", "b"]);

    world.say("a", cancel("nothing"));
    world.say("a", order("bid", Side::Buy, 5, 100));
    world.say("b", order("hit", Side::Sell, 3, 100));

    let refs = |name: &str| world.client(name).reports().iter().map(|report| report.ref_seq).collect::<Vec<_>>();
    assert_eq!(refs("a"), [2, 0]);
    assert_eq!(refs("a2"), [0, 0]);
    assert_eq!(refs("b"), [1, 1]);
    let refused = world.client("a").heard.iter().find_map(|(_, message)| match message {
        Message::CancelReject(reject) => Some(reject.ref_seq),
        _ => None,
    });
    assert_eq!(refused, Some(1));
}

#[test]
fn g_26_an_answer_that_comes_late_from_the_ring_names_its_question_too() {
    let mut world = World::new(Limits::default());
    world.traders(&["a", "a2"]);
    for name in ["a", "a2"] {
        world.set_reading(name, 0);
    }
    for n in 0..1_000 {
        world.say("a", order(&format!("o{n}"), Side::Buy, 1, 10));
    }
    for name in ["a", "a2"] {
        world.set_reading(name, usize::MAX);
    }
    world.run();

    let refs = |name: &str| world.client(name).reports().iter().map(|report| report.ref_seq).collect::<Vec<_>>();
    assert_eq!(refs("a"), (1..=1_000).collect::<Vec<_>>());
    assert_eq!(refs("a2"), [0; 1_000]);
}

#[test]
fn g_20_numbers_to_a_client_count_up_by_one() {
    let mut world = World::new(Limits::default());
    world.trader("a");
    for n in 0..20 {
        world.say("a", order(&format!("o{n}"), Side::Buy, 1, 10));
    }
    let numbers: Vec<u64> =
        world.client("a").heard.iter().map(|(header, _)| header.seq).filter(|seq| *seq > 0).collect();

    assert_eq!(numbers, (1..=20).collect::<Vec<_>>());
    assert!(world.client("a").heard.iter().all(|(header, _)| header.session == 1 || header.seq == 0));
}

#[test]
fn an_order_sent_twice_is_one_order() {
    let mut world = World::new(Limits::default());
    world.trader("a");
    world.say("a", order("x", Side::Buy, 5, 100));
    let id = crate::support::order_id(world.client("a"), "x");
    world.drop_connection("a");
    world.trader("a");

    world.say("a", order("x", Side::Buy, 5, 100));

    let again = world.client("a").reports()[0].clone();
    assert!(again.repeated);
    assert_eq!((again.exec_type, again.order_id, again.leaves_qty.0), (ExecType::OrderStatus, id, 5));
    assert_eq!(world.plain.exchange.open_count(), 1);
}

#[test]
fn g_23_a_stream_is_whole_across_connections() {
    let mut world = World::new(Limits::default());
    let mut random = SplitMix64::new(5);
    world.trader("b");
    world.trader("a");
    // `a2` hears the account of `a` and loses its connection again and again, reading little.
    world.connect("a2", logon("a2", Role::Trading));
    let mut heard: Vec<Position> = Vec::new();
    for n in 0..600_u32 {
        let side = if random.next_u64().is_multiple_of(2) { Side::Buy } else { Side::Sell };
        let price = 95 + i64::try_from(random.next_u64() % 10).unwrap();
        let who = if random.next_u64().is_multiple_of(3) { "a" } else { "b" };
        world.say(who, order(&format!("{who}{n}"), side, 1 + i64::from(n % 7), price));
        if random.next_u64().is_multiple_of(4) {
            world.set_reading("a2", usize::try_from(random.next_u64() % 900).unwrap());
        }
        if random.next_u64().is_multiple_of(20) {
            heard.extend(world.drop_connection("a2").positions());
            let resume = heard.last().copied();
            world.connect("a2", Logon { resume, ..logon("a2", Role::Trading) });
        }
    }
    world.set_reading("a2", usize::MAX);
    world.run();
    heard.extend(world.client("a2").positions());

    assert!(heard.len() > 300);
    assert_eq!(heard, world.client("a").positions());
}

#[test]
fn g_23_without_a_position_the_stream_starts_at_the_present() {
    let mut world = World::new(Limits::default());
    world.trader("a");
    world.say("a", order("x", Side::Buy, 5, 100));
    world.drop_connection("a");
    world.trader("a");

    assert!(world.client("a").reports().is_empty());
    world.say("a", order("y", Side::Buy, 5, 100));
    assert_eq!(world.client("a").reports().len(), 1);
}

#[test]
fn g_22_positions_are_the_logs_and_survive_a_restart() {
    let mut world = World::new(Limits::default());
    world.traders(&["a", "b"]);
    for n in 0..30 {
        world.say("a", order(&format!("a{n}"), Side::Buy, 4, 100 + n % 3));
        world.say("b", order(&format!("b{n}"), Side::Sell, 3, 100 + n % 2));
    }
    let mut first = world.drop_connection("a");
    let seen = first.positions();
    first.heard.truncate(20);
    let resume = first.positions().last().copied();

    let log = std::mem::take(&mut world.plain.log);
    world.hub = Hub::new(Limits::default(), keys(), about(Position::default()));
    world.plain = Plain::replay(&log, &mut world.hub);
    world.clients.clear();
    world.connect("a", Logon { resume, ..logon("a", Role::Trading) });

    let again: Vec<Position> = first.positions().into_iter().chain(world.client("a").positions()).collect();
    assert_eq!(again, seen);
    assert!(world.client("a").reports().iter().all(|report| report.resent && report.ref_seq == 0));
    world.say("a", order("new", Side::Buy, 1, 50));
    assert!(!world.client("a").reports().last().unwrap().resent);
}

#[test]
fn a_restored_order_is_reported_in_full() {
    let mut world = World::new(Limits::default());
    world.traders(&["a", "b"]);
    world.say("a", order("x", Side::Buy, 9, 100));
    world.say("b", order("y", Side::Sell, 4, 100));
    let position = world.client("b").positions().last().copied().unwrap();
    world.hub = Hub::new(Limits::default(), keys(), about(position));
    for open in world.plain.exchange.open_orders(model::AccountId(1)) {
        world.hub.restore(crate::support::open_order(&open));
    }
    world.clients.clear();
    world.traders(&["a", "b"]);

    world.say("b", order("z", Side::Sell, 2, 100));

    let fill = world.client("a").reports().last().copied().unwrap().clone();
    assert_eq!((fill.cum_qty.0, fill.leaves_qty.0, fill.order_qty.0, fill.cum_value), (6, 3, 9, None));
    assert_eq!(fill.cl_ord_id.unwrap().as_str(), "x");
}

#[test]
fn g_24_a_resend_comes_in_order_and_says_when_it_is_complete() {
    let mut world = World::new(Limits::default());
    world.trader("a");
    (0..10).for_each(|n| world.say("a", order(&format!("o{n}"), Side::Buy, 1, 10)));
    let before = world.client("a").positions();

    let request = wire::ResendRequest { after: before[3], count_max: 0 };
    world.clients.get_mut("a").unwrap().1.say(&Message::ResendRequest(request));
    world.run();

    let after = world.client("a").positions();
    assert_eq!(after[10..], before[4..]);
    assert!(world.client("a").reports()[10..].iter().all(|report| report.resent));
    let Some((_, Message::SequenceReset(end))) = world.client("a").heard.last() else { panic!("no end") };
    assert_eq!((end.position, end.next_out), (before[9], 18));
}

#[test]
fn g_25_a_hole_is_told_before_anything_else() {
    let limits = Limits { history_bytes_max: 1, ..Limits::default() };
    let mut world = World::new(limits);
    world.trader("a");
    for n in 0..1_200 {
        world.say("a", order(&format!("o{n}"), Side::Buy, 1, 10));
    }
    let positions = world.client("a").positions();
    world.drop_connection("a");
    world.connect("a", Logon { resume: Some(positions[0]), ..logon("a", Role::Trading) });

    let heard = &world.client("a").heard;
    let Message::SequenceReset(hole) = &heard[2].1 else { panic!("{:?}", heard[2].1) };
    let kept = world.client("a").positions();
    assert!(positions.contains(&hole.position));
    assert_eq!(kept, positions.into_iter().filter(|at| *at > hole.position).collect::<Vec<_>>());
    assert!(!kept.is_empty() && kept.len() < 1_199);
}

#[test]
fn a_client_that_saw_more_than_the_log_holds_is_told_so() {
    let mut world = World::new(Limits::default());
    let resume = Some(Position { event_seq: 1_000, sub: 0, leg: 0 });
    world.connect("a", Logon { resume, ..logon("a", Role::Trading) });

    let logout = world.client("a").logout().unwrap();
    assert_eq!((logout.reason, logout.value), (LogoutReason::BadLogon, 1_000));
}

#[test]
fn g_61_a_slow_reader_misses_nothing_and_costs_its_own_bytes_only() {
    let limits = Limits::default();
    let mut world = World::new(limits);
    world.traders(&["a", "a2"]);
    world.set_reading("a2", 0);
    for n in 0..1_500 {
        world.say("a", order(&format!("o{n}"), Side::Buy, 1, 10));
        let (token, ..) = world.clients["a2"];
        assert!(world.hub.pending(token).len() <= limits.outbox_max);
    }
    world.set_reading("a2", usize::MAX);
    world.run();

    assert_eq!(world.client("a2").positions(), world.client("a").positions());
    assert!(world.client("a2").reports().iter().all(|report| !report.resent));
}

#[test]
fn g_61_a_reader_that_the_ring_left_behind_is_closed_and_resumes() {
    let limits = Limits { history_bytes_max: 1, ..Limits::default() };
    let mut world = World::new(limits);
    world.traders(&["a", "a2"]);
    world.set_reading("a2", 0);
    for n in 0..2_000 {
        world.say("a", order(&format!("o{n}"), Side::Buy, 1, 10));
    }
    world.set_reading("a2", usize::MAX);
    world.run();

    assert_eq!(world.client("a2").logout().map(|logout| logout.reason), Some(LogoutReason::SlowReader));
    let (seen, all) = (world.client("a2").positions(), world.client("a").positions());
    assert_eq!(seen, all[..seen.len()], "what came before is whole");
}
