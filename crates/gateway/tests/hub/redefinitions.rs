//! An instrument that is new or changes is told to every session, as it is then, whoever did it.

use gateway::limits::Limits;
use model::{
    AssetId, Command, Instrument, InstrumentId, OutcomeRequest, Price, SetOutcome, SetTicks, Symbol, TickTable,
};
use wire::{Message, Role, SecurityDefinition};

use crate::support::{logon, market};
use crate::world::World;

const ABC: InstrumentId = InstrumentId(0);
const RAIN: InstrumentId = InstrumentId(1);
const USD: AssetId = AssetId(1);
const YES: AssetId = AssetId(2);
const NO: AssetId = AssetId(3);
const EVERYBODY: [&str; 5] = ["a", "b", "feed", "audit", "ops"];

fn set_ticks(tick: i64) -> Command {
    Command::SetTicks(SetTicks { instrument: ABC, ticks: TickTable::uniform(tick).unwrap() })
}

/// A market in cents with assets of its own, as that of an event must be.
fn list_rain() -> [Command; 3] {
    let symbol = |text: &str| Symbol::new(text).unwrap();
    let asset = |text: &str| Command::AddAsset { symbol: symbol(text), decimals: 0 };
    let is_listed = |command| if let Command::ListInstrument(it) = command { Some(it) } else { None };
    let abc = market().into_iter().find_map(is_listed).unwrap();
    let rain =
        Instrument { symbol: symbol("RAIN"), base: YES, quote: USD, price_decimals: 2, max_price: Price(99), ..*abc };
    [asset("YES"), asset("NO"), Command::ListInstrument(Box::new(rain))]
}

/// Definitions that nobody asked for.
fn told<'a>(world: &'a World, name: &str) -> impl Iterator<Item = &'a SecurityDefinition> {
    let unasked = |message: &'a Message| match message {
        Message::SecurityDefinition(it) if it.request_id == 0 => Some(it),
        _ => None,
    };
    world.client(name).heard.iter().filter_map(move |(_, message)| unasked(message))
}

/// Of which instrument they are, what they count down to, and the grid.
fn grids(world: &World, name: &str) -> Vec<(InstrumentId, u32, TickTable)> {
    told(world, name).map(|it| (it.instrument, it.remaining, it.ticks.clone())).collect()
}

fn venue() -> World {
    let mut world = World::new(Limits::default());
    world.traders(&["a", "b"]);
    world.connect("feed", logon("feed", Role::MarketData));
    world.connect("audit", logon("audit", Role::DropCopy));
    world.connect("ops", logon("ops", Role::Operator));
    world
}

#[test]
fn g_73_every_session_is_told_of_another_grid() {
    let mut world = venue();

    world.say("ops", set_ticks(5));

    for name in EVERYBODY {
        assert_eq!(grids(&world, name), [(ABC, 0, TickTable::uniform(5).unwrap())], "{name}");
    }
}

#[test]
fn g_73_every_session_is_told_of_a_market_that_is_listed_and_becomes_that_of_an_event() {
    let mut world = venue();
    for command in list_rain() {
        world.say("ops", command);
    }

    world.say("ops", Command::Outcome(OutcomeRequest::Set(SetOutcome { instrument: RAIN, no: NO })));

    for name in EVERYBODY {
        let markets: Vec<_> = told(&world, name).map(|it| (it.instrument, it.remaining, it.no)).collect();
        assert_eq!(markets, [(RAIN, 0, None), (RAIN, 0, Some(NO))], "{name}");
    }
}

#[test]
fn who_does_not_read_is_told_once_later_how_it_is_then() {
    let mut world = venue();
    world.set_reading("a", 0);
    // What waits for it leaves no room.
    while world.hub.pending(world.clients["a"].0).len() <= world.hub.limits().outbox_high {
        let client = &mut world.clients.get_mut("a").unwrap().1;
        client.say(&Message::SecurityListRequest(wire::SecurityListRequest { request_id: 4, instrument: None }));
        world.run();
    }

    world.say("ops", set_ticks(5));
    world.say("ops", set_ticks(10));
    world.set_reading("a", usize::MAX);
    world.run();

    assert_eq!(grids(&world, "a"), [(ABC, 0, TickTable::uniform(10).unwrap())]);
}

#[test]
fn a_refused_grid_is_told_to_nobody() {
    let mut world = venue();

    world.say("a", set_ticks(5));

    for name in EVERYBODY {
        assert_eq!(grids(&world, name), [], "{name}");
    }
}
