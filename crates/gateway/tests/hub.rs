//! Many sessions and one engine: who hears what, once, in order, whatever the others do.
#![allow(clippy::unwrap_used, clippy::wildcard_enum_match_arm, reason = "a test that meets anything else has failed")]

mod support;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use gateway::host::{Engine as _, GATEWAY_ORIGIN, Host as _, Refused, Sink as _, Token};
use gateway::hub::{About, Hub};
use gateway::keys::Keys;
use gateway::limits::Limits;
use model::{AccountId, Command, NewOrder, SessionId, SetCancelOnDisconnect, Side, SplitMix64};
use support::{Client, Plain, SECOND, cancel, keys, logon, order};
use wire::{CommandEvent, Durability, ExecType, Logon, LogoutReason, Message, Position, RejectCode, Role};

const HOME: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// A gateway, its engine and its clients, by name. Clients that do not read have a limit of bytes.
struct World {
    hub: Hub,
    plain: Plain,
    clients: BTreeMap<&'static str, (Token, Client, usize)>,
    now_ns: u64,
}

fn about(position: Position) -> About {
    About { durability: Durability::Group, position, epoch: 7 }
}

impl World {
    fn new(limits: Limits) -> Self {
        let plain = Plain::with_market();
        let position = Position { event_seq: plain.last.seq, sub: u32::MAX, leg: u8::MAX };
        Self { hub: Hub::new(limits, keys(), about(position)), plain, clients: BTreeMap::new(), now_ns: 0 }
    }

    fn connect(&mut self, name: &'static str, logon: Logon) {
        let token = self.hub.open(HOME, [3; 32], self.now_ns).unwrap();
        let mut client = Client::default();
        client.log_on(logon);
        self.clients.insert(name, (token, client, usize::MAX));
        self.run();
    }

    fn trader(&mut self, name: &'static str) {
        self.connect(name, logon(name, Role::Trading));
    }

    fn traders(&mut self, names: &[&'static str]) {
        for name in names {
            self.trader(name);
        }
    }

    fn client(&self, name: &str) -> &Client {
        &self.clients[name].1
    }

    fn say(&mut self, name: &'static str, command: Command) {
        self.clients.get_mut(name).unwrap().1.command(command);
        self.run();
    }

    fn drop_connection(&mut self, name: &str) -> Client {
        let (token, client, _) = self.clients.remove(name).unwrap();
        self.hub.closed(token);
        client
    }

    fn set_reading(&mut self, name: &str, bytes: usize) {
        self.clients.get_mut(name).unwrap().2 = bytes;
    }

    /// Lets everybody say and hear what there is, until nothing moves.
    fn run(&mut self) {
        for _ in 0..1_000 {
            let mut moved = false;
            for (token, client, _) in self.clients.values_mut() {
                let bytes = std::mem::take(&mut client.out);
                moved |= !bytes.is_empty();
                self.hub.receive(*token, &bytes, self.now_ns, &mut self.plain);
            }
            self.hub.submit_own(&mut self.plain);
            self.plain.step(0, &mut self.hub).unwrap();
            for (token, client, reads) in self.clients.values_mut() {
                self.hub.pump(*token, &self.plain);
                let pending = self.hub.pending(*token);
                let count = pending.len().min(*reads);
                *reads = if *reads == usize::MAX { usize::MAX } else { *reads - count };
                moved |= count > 0;
                client.hear(&pending[..count]);
                self.hub.wrote(*token, count, self.now_ns);
            }
            if !moved {
                return;
            }
        }
        panic!("the world does not come to rest");
    }

    fn told(&self, name: &str) -> Vec<(ExecType, i64)> {
        self.client(name).reports().iter().map(|report| (report.exec_type, report.last_qty.0)).collect()
    }
}

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
    let id = support::order_id(world.client("a"), "x");
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
        world.hub.restore(support::open_order(&open));
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

#[test]
fn g_5_the_newest_connection_of_a_key_wins_and_no_order_is_lost() {
    let mut world = World::new(Limits::default());
    let with_rule = || Logon { cancel_on_disconnect_ms: Some(0), ..logon("a", Role::Trading) };
    world.connect("first", with_rule());
    world.say("first", order("x", Side::Buy, 5, 100));
    world.connect("second", with_rule());

    assert_eq!(world.client("first").logout().map(|logout| logout.reason), Some(LogoutReason::Superseded));
    world.drop_connection("first");
    world.run();
    assert_eq!(world.plain.exchange.open_count(), 1);
    world.say("second", order("y", Side::Buy, 5, 100));
    assert_eq!(world.client("second").reports().len(), 1);
}

#[test]
fn g_52_a_lost_connection_is_a_command_and_its_rule_was_one_before() {
    let mut world = World::new(Limits::default());
    world.run();
    world.plain.taken.clear();
    world.connect("a", Logon { cancel_on_disconnect_ms: Some(0), ..logon("a", Role::Trading) });
    world.say("a", order("x", Side::Buy, 5, 100));
    assert_eq!(world.plain.exchange.open_count(), 1);
    world.drop_connection("a");
    world.run();

    assert_eq!(world.plain.exchange.open_count(), 0);
    let session = SessionId(1);
    let rule = Command::SetCancelOnDisconnect(SetCancelOnDisconnect { session, grace_ns: Some(0) });
    assert_eq!(world.plain.taken[..2], [rule, Command::SessionUp(session)]);
    assert_eq!(world.plain.taken[3..], [Command::SessionDown(session)]);
}

#[test]
fn g_52_after_a_restart_every_session_counts_as_lost() {
    let mut world = World::new(Limits::default());
    world.run();

    let down = |session| Command::SessionDown(SessionId(session));
    let said: Vec<_> = world.plain.taken.iter().filter(|command| matches!(command, Command::SessionDown(_))).collect();
    assert_eq!(said.len(), 5);
    assert!([1, 2, 3, 6, 7].iter().all(|session| said.contains(&&down(*session))));
}

#[test]
fn g_52_the_word_of_a_loss_waits_until_it_is_taken() {
    let mut world = World::new(Limits::default());
    world.connect("a", Logon { cancel_on_disconnect_ms: Some(0), ..logon("a", Role::Trading) });
    world.say("a", order("x", Side::Buy, 5, 100));
    world.plain.refusal = Some(Refused::Busy);
    world.drop_connection("a");
    world.run();
    assert_eq!(world.plain.exchange.open_count(), 1);

    world.plain.refusal = None;
    world.run();

    assert_eq!(world.plain.exchange.open_count(), 0);
}

#[test]
fn g_33_what_the_sequencer_refuses_is_rejected_at_once_or_later() {
    let mut world = World::new(Limits::default());
    world.trader("a");
    world.plain.refusal = Some(Refused::DiskFull);
    world.say("a", order("x", Side::Buy, 5, 100));
    let reject = world.client("a").rejects()[0].clone();
    assert_eq!((reject.ref_seq, reject.reason), (1, RejectCode::DiskFull));

    world.plain.refusal = None;
    world.say("a", order("x", Side::Buy, 5, 100));
    assert!(!world.client("a").reports()[0].repeated, "the client id stayed free");

    let (token, ..) = world.clients["a"];
    let origin = u64::from(token.generation) << 48 | u64::from(token.slot) << 32 | 2;
    world.hub.refused(origin, Refused::Busy);
    world.run();
    let reject = world.client("a").rejects()[1].clone();
    assert_eq!((reject.ref_seq, reject.reason), (2, RejectCode::Busy));
}

#[test]
fn a_drop_copy_of_the_venue_hears_every_account() {
    let mut world = World::new(Limits::default());
    world.connect("audit", logon("audit", Role::DropCopy));
    world.traders(&["a", "b"]);
    world.say("a", order("bid", Side::Buy, 5, 100));
    world.say("b", order("hit", Side::Sell, 3, 100));

    let mut accounts: Vec<u32> = world.client("audit").reports().iter().map(|report| report.account.0).collect();
    accounts.sort_unstable();
    assert_eq!(accounts, [1, 1, 2, 2]);
    let positions = world.client("audit").positions();
    assert!(positions.is_sorted() && positions.windows(2).all(|pair| pair[0] != pair[1]));
}

#[test]
fn g_13_a_front_end_acts_for_every_account_and_hears_all_of_them() {
    let mut world = World::new(Limits::default());
    world.connect("front", logon("front", Role::FrontEnd));
    world.traders(&["a", "b"]);
    let of = |account: u32, command: Command| match command {
        Command::NewOrder(order) => Command::NewOrder(NewOrder { account: AccountId(account), ..order }),
        other => other,
    };
    world.say("front", of(0, order("nobody", Side::Buy, 5, 100)));
    world.say("front", of(1, order("bid", Side::Buy, 5, 100)));
    world.say("b", order("hit", Side::Sell, 3, 100));
    world.say("front", of(99, order("stranger", Side::Buy, 5, 100)));

    let reject = world.client("front").rejects()[0].clone();
    assert_eq!((reject.ref_seq, reject.reason, reject.value), (1, RejectCode::NotYours, 0));
    let told = |name: &str| {
        let reports = world.client(name).reports().into_iter();
        reports.map(|report| (report.account.0, report.exec_type, report.ref_seq)).collect::<Vec<_>>()
    };
    let (bid, sold, bought) = ((1, ExecType::New, 2), (2, ExecType::Trade, 0), (1, ExecType::Trade, 0));
    assert_eq!(told("front"), [bid, (2, ExecType::New, 0), bought, sold, (99, ExecType::Rejected, 3)]);
    assert_eq!(told("a"), [(1, ExecType::New, 0), bought]);
}

#[test]
fn an_operator_is_answered_and_an_account_hears_what_concerns_it() {
    let mut world = World::new(Limits::default());
    world.connect("ops", logon("ops", Role::Operator));
    world.traders(&["a", "b"]);
    let (account, asset, amount) = (model::AccountId(1), model::AssetId(1), model::Money(500));
    world.say("ops", Command::Deposit(model::MoveFunds { account, asset, amount }));
    world.say("ops", Command::Deposit(model::MoveFunds { account: model::AccountId(99), asset, amount }));

    let told = |name: &str| {
        let heard = world.client(name).heard.iter();
        let reports = heard.filter_map(|(_, message)| match message {
            Message::CommandReport(report)
                if !matches!(report.event, CommandEvent::SessionChanged | CommandEvent::DisconnectRuleSet) =>
            {
                Some((report.event, report.ref_seq, report.account.map_or(0, |account| account.0)))
            }
            _ => None,
        });
        reports.collect::<Vec<_>>()
    };
    assert_eq!(told("ops"), [(CommandEvent::Deposited, 1, 1), (CommandEvent::Refused, 2, 0)]);
    assert_eq!(told("a"), [(CommandEvent::Deposited, 0, 1)]);
    assert_eq!(told("b"), []);
}

#[test]
fn a_mass_cancel_is_counted_for_whoever_asked() {
    let mut world = World::new(Limits::default());
    world.traders(&["a", "a2", "b"]);
    world.say("a", order("x", Side::Buy, 5, 100));
    world.say("a", order("y", Side::Buy, 5, 100));
    world.say("b", order("z", Side::Buy, 5, 100));
    world.say("a", Command::MassCancel(model::MassCancel::default()));

    let counts = |name: &str| {
        let heard = world.client(name).heard.iter();
        let counts = heard.filter_map(|(_, message)| match message {
            Message::CommandReport(report) => Some((report.event, report.ref_seq, report.count)),
            _ => None,
        });
        counts.collect::<Vec<_>>()
    };
    assert_eq!(counts("a"), [(CommandEvent::MassCanceled, 3, 2)]);
    assert_eq!((counts("a2"), counts("b")), (vec![], vec![]));
    assert_eq!(world.plain.exchange.open_count(), 1);
}

#[test]
fn connections_are_bounded_in_all_by_address_and_by_account() {
    let limits =
        Limits { connections_max: 4, connections_per_address_max: 3, sessions_per_account_max: 1, ..Limits::default() };
    let mut world = World::new(limits);
    world.trader("a");
    world.trader("a2");
    assert_eq!(world.client("a2").logout().map(|logout| logout.reason), Some(LogoutReason::TooManyConnections));
    world.drop_connection("a2");
    world.trader("b");
    world.hub.open(HOME, [0; 32], 0).unwrap();
    assert!(world.hub.open(HOME, [0; 32], 0).is_err());
    let other = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
    world.hub.open(other, [0; 32], 0).unwrap();
    assert!(world.hub.open(other, [0; 32], 0).is_err());
    assert_eq!(world.hub.counts(), (4, 2));
}

#[test]
fn shutting_down_tells_everybody() {
    let mut world = World::new(Limits::default());
    world.traders(&["a", "b"]);
    world.hub.shut_down();
    world.run();

    for name in ["a", "b"] {
        assert_eq!(world.client(name).logout().map(|logout| logout.reason), Some(LogoutReason::ShuttingDown));
    }
    assert_eq!(world.hub.counts().1, 0);
}

#[test]
fn a_silent_session_is_lost_and_its_orders_follow_its_rule() {
    let mut world = World::new(Limits::default());
    world.connect("a", Logon { cancel_on_disconnect_ms: Some(0), ..logon("a", Role::Trading) });
    world.say("a", order("x", Side::Buy, 5, 100));
    world.set_reading("a", 0);
    world.now_ns = 25 * SECOND;
    world.hub.tick(world.now_ns, &mut world.plain);
    world.run();

    assert_eq!(world.plain.exchange.open_count(), 0);
}

#[test]
fn instruments_are_listed_with_their_decimals() {
    let mut world = World::new(Limits::default());
    world.connect("feed", logon("feed", Role::MarketData));
    let client = &mut world.clients.get_mut("feed").unwrap().1;
    client.say(&Message::SecurityListRequest(wire::SecurityListRequest { request_id: 4, instrument: None }));
    let missing = Some(model::InstrumentId(9));
    client.say(&Message::SecurityListRequest(wire::SecurityListRequest { request_id: 5, instrument: missing }));
    world.run();

    let listed = world.client("feed").heard.iter().find_map(|(_, message)| match message {
        Message::SecurityDefinition(it) => Some((it.request_id, it.remaining, it.symbol.as_str().to_owned())),
        _ => None,
    });
    assert_eq!(listed, Some((4, 0, "ABC".to_owned())));
    assert_eq!(world.client("feed").rejects()[0].reason, RejectCode::UnknownInstrument);
}

#[test]
fn the_gateways_own_origin_is_nobodys() {
    let mut world = World::new(Limits::default());
    world.trader("a");
    let heard = world.client("a").heard.len();
    world.plain.submit(GATEWAY_ORIGIN, &Command::Tick).unwrap();
    world.run();

    assert_eq!(world.client("a").heard.len(), heard);
}

#[test]
fn g_75_other_keys_end_the_sessions_of_those_that_are_gone_and_of_nobody_else() {
    let mut world = World::new(Limits::default());
    world.traders(&["a", "b"]);
    world.connect("feed", logon("feed", Role::MarketData));
    world.connect("audit", logon("audit", Role::DropCopy));
    let new_secret = "5b".repeat(32);
    let secret = "5a".repeat(32);
    let text = format!(
        "a 1 1 retired\nb 2 2 trading hmac {secret}\nfeed 5 0 marketdata hmac {new_secret}\naudit 4 0 operator hmac {secret}\n\
         fresh 9 2 trading hmac {secret}"
    );

    let ended = world.hub.set_keys(Keys::parse(&text).unwrap());
    world.run();

    assert_eq!(ended, 3);
    let good_bye = |world: &World, name: &str| world.client(name).logout().map(|logout| logout.reason);
    for gone in ["a", "feed", "audit"] {
        assert_eq!(good_bye(&world, gone), Some(LogoutReason::NotAuthenticated), "{gone}");
    }
    assert!(world.plain.taken.contains(&Command::SessionDown(SessionId(1))));
    world.say("b", order("still", Side::Buy, 1, 10));
    assert_eq!(world.told("b"), [(ExecType::New, 0)]);
    world.drop_connection("a");
    world.trader("a");
    world.trader("fresh");
    assert_eq!(good_bye(&world, "a"), Some(LogoutReason::NotAuthenticated));
    assert_eq!(good_bye(&world, "fresh"), None);
}
