//! An instrument that changes is told to every session, as it is then, whoever changed it.

use gateway::limits::Limits;
use model::{Command, InstrumentId, SetTicks, TickTable};
use wire::{Message, Role, SecurityDefinition};

use crate::support::logon;
use crate::world::World;

const ABC: InstrumentId = InstrumentId(0);

fn set_ticks(tick: i64) -> Command {
    Command::SetTicks(SetTicks { instrument: ABC, ticks: TickTable::uniform(tick).unwrap() })
}

/// Definitions that nobody asked for: of which instrument, what it counts down to, and its smallest step.
fn told(world: &World, name: &str) -> Vec<(InstrumentId, u32, TickTable)> {
    let unasked = |message: &Message| match message {
        Message::SecurityDefinition(SecurityDefinition { request_id: 0, instrument, remaining, ticks, .. }) => {
            Some((*instrument, *remaining, ticks.clone()))
        }
        _ => None,
    };
    world.client(name).heard.iter().filter_map(|(_, message)| unasked(message)).collect()
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

    for name in ["a", "b", "feed", "audit", "ops"] {
        assert_eq!(told(&world, name), [(ABC, 0, TickTable::uniform(5).unwrap())], "{name}");
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

    assert_eq!(told(&world, "a"), [(ABC, 0, TickTable::uniform(10).unwrap())]);
}

#[test]
fn a_refused_grid_is_told_to_nobody() {
    let mut world = venue();

    world.say("a", set_ticks(5));

    for name in ["a", "b", "feed", "audit", "ops"] {
        assert_eq!(told(&world, name), [], "{name}");
    }
}
