//! Sessions begin, are lost, refused and ended; roles act and hear as they may.

use std::net::{IpAddr, Ipv4Addr};

use crate::support::{SECOND, logon, order};
use crate::world::{HOME, World};
use gateway::host::{GATEWAY_ORIGIN, Host as _, Refused, Sink as _};
use gateway::keys::Keys;
use gateway::limits::Limits;
use model::{AccountId, Command, InstrumentId, NewOrder, OrdType, Price, Qty, SessionId, SetCancelOnDisconnect, Side};
use wire::{CommandEvent, ExecType, Logon, LogoutReason, Message, Position, RejectCode, Role};

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
    assert_eq!(said.len(), 6);
    assert!([1, 2, 3, 6, 7, 8].iter().all(|session| said.contains(&&down(*session))));
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
fn g_13_a_front_end_hears_accounts_from_its_own_on_and_what_it_causes() {
    let mut world = World::new(Limits::default());
    world.connect("people", logon("people", Role::FrontEnd));
    world.traders(&["a", "b"]);
    world.say("a", order("bid", Side::Buy, 5, 100));
    world.say("b", order("hit", Side::Sell, 3, 100));
    let told = |world: &World| {
        let reports = world.client("people").reports().into_iter();
        reports.map(|report| (report.account.0, report.exec_type, report.ref_seq)).collect::<Vec<_>>()
    };
    let of_two = [(2, ExecType::New, 0), (2, ExecType::Trade, 0)];
    assert_eq!(told(&world), of_two);

    let Command::NewOrder(bought) = order("own", Side::Buy, 1, 90) else { panic!("an order") };
    world.say("people", Command::NewOrder(NewOrder { account: AccountId(1), ..bought }));
    assert_eq!(told(&world), [&of_two[..], &[(1, ExecType::New, 1)]].concat());
}

#[test]
fn g_24_a_resend_to_a_front_end_leaves_out_whom_it_does_not_hear() {
    let mut world = World::new(Limits::default());
    world.traders(&["a", "b"]);
    world.say("a", order("bid", Side::Buy, 5, 100));
    world.say("b", order("hit", Side::Sell, 3, 100));
    let resume = Some(Position { event_seq: 0, sub: 0, leg: 0 });
    world.connect("people", Logon { resume, ..logon("people", Role::FrontEnd) });
    world.run();

    let accounts: Vec<u32> = world.client("people").reports().iter().map(|report| report.account.0).collect();
    assert_eq!(accounts, [2, 2]);
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

/// Without the instrument nobody could read the numbers of a refusal; a number that is no instrument's is never told.
#[test]
fn a_refused_order_is_told_as_it_was_asked_for() {
    let mut world = World::new(Limits::default());
    world.traders(&["a"]);
    let of = |instrument: u32| match order("dear", Side::Sell, 5, 1_000_000_000) {
        Command::NewOrder(order) => Command::NewOrder(NewOrder { instrument: InstrumentId(instrument), ..order }),
        other => other,
    };
    world.say("a", of(0));
    world.say("a", of(77));

    let reports = world.client("a").reports();
    let [known, unknown] = reports.as_slice() else { panic!("{reports:?}") };
    assert_eq!((known.exec_type, unknown.exec_type), (ExecType::Rejected, ExecType::Rejected));
    assert_eq!((known.instrument, known.side), (Some(InstrumentId(0)), Some(Side::Sell)));
    assert_eq!((known.order_qty, known.price), (Qty(5), Some(Price(1_000_000_000))));
    assert_eq!((known.ord_type, known.leaves_qty), (Some(OrdType::Limit), Qty(0)));
    assert_eq!((unknown.instrument, unknown.side, unknown.order_qty), (None, None, Qty(0)));
}
