//! Halts by hand.

use model::{Halt, InstrumentId, OperatorId, TradingState};

use crate::desk::{ABC, BUY, DEF, Desk, SECOND, SELL, cooling_rules, name, rules, said};

#[test]
fn a_halt_without_an_end_waits_for_a_person() {
    let mut desk = Desk::with(rules());

    assert_eq!(desk.halt(0, 1), ["halt until a person", "Continuous -> Halted"]);
    assert_eq!(desk.at(99_999).tick(), Vec::<String>::new());
    assert_eq!(desk.resume(false, 1), ["resume", "no cross", "Halted -> Continuous"]);
}

#[test]
fn a_halt_with_an_end_goes_to_the_call() {
    let mut desk = Desk::with(rules());

    assert_eq!(desk.at(10).halt(5, 1), ["halt until 15", "Continuous -> Halted"]);
    assert_eq!(desk.at(16).tick(), ["Halted -> VolatilityAuction"]);
    assert_eq!(desk.at(76).tick(), ["no cross", "VolatilityAuction -> Continuous"]);
}

#[test]
fn a_second_halt_never_ends_the_first_earlier() {
    let mut desk = Desk::with(rules());
    desk.at(0).halt(100, 1);

    assert_eq!(desk.at(1).halt(50, 1), ["halt until 100"]);
    assert_eq!(desk.at(2).halt(200, 1), ["halt until 202"]);
    assert_eq!(desk.at(3).halt(0, 1), ["halt until a person"]);
    assert_eq!(desk.at(4).halt(5, 1), ["halt until a person"]);
}

#[test]
fn a_halt_during_an_automatic_one_extends_it() {
    let mut desk = Desk::with(rules());
    desk.print_at(0, 10_000);
    desk.print_at(1, 8_000);

    assert_eq!(desk.at(2).halt(10, 1), ["halt until 241"]);
    assert_eq!(desk.at(3).halt(1_000, 1), ["halt until 1003"]);
    assert_eq!(desk.at(1_002).tick(), Vec::<String>::new());
    assert_eq!(desk.at(1_003).tick(), ["Halted -> VolatilityAuction"]);
}

#[test]
fn a_halt_in_a_call_stops_it_without_an_uncross() {
    let mut desk = Desk::with(rules());
    desk.at(0).halt(1, 1);
    desk.at(2).tick();
    desk.limit(BUY, 10_000, 1);
    desk.limit(SELL, 10_000, 1);

    assert_eq!(desk.at(3).halt(0, 1), ["halt until a person", "VolatilityAuction -> Halted"]);
}

#[test]
fn resuming_uncrosses_at_once_or_through_a_call() {
    let crossed = || {
        let mut desk = Desk::with(rules());
        desk.print_at(0, 10_000);
        desk.print_at(1, 8_000);
        desk.at(2);
        desk
    };

    let at_once = crossed().resume(false, 1);
    let mut by_auction = crossed();

    assert_eq!(at_once, ["resume", "trade 8000x1", "uncrossed 8000x1", "Halted -> Continuous"]);
    assert_eq!(by_auction.resume(true, 1), ["resume", "Halted -> VolatilityAuction"]);
    assert_eq!(by_auction.at(61).tick(), Vec::<String>::new());
    assert_eq!(by_auction.at(62).tick()[1..], ["uncrossed 8000x1", "VolatilityAuction -> Continuous"]);
}

#[test]
fn only_another_operator_ends_a_two_person_halt() {
    let mut desk = Desk::with(rules());
    desk.halt_as(Some(ABC), 0, 7, true);

    assert_eq!(desk.resume(false, 7), ["refused 114 7 7"]);
    assert_eq!(desk.state(), TradingState::Halted);
    assert_eq!(desk.resume(false, 8), ["resume", "no cross", "Halted -> Continuous"]);
}

#[test]
fn a_two_person_halt_stays_one_and_its_last_operator_counts() {
    let mut desk = Desk::with(rules());
    desk.halt_as(Some(ABC), 10, 7, true);
    desk.halt_as(Some(ABC), 10, 8, false);
    desk.at(20).tick();

    assert_eq!(desk.state(), TradingState::VolatilityAuction);
    assert_eq!(desk.resume(false, 8), ["refused 114 8 8"]);
    assert_eq!(desk.resume(true, 7), ["resume"]);
    assert_eq!(desk.resume(false, 8)[0], "resume", "it has been resumed by two persons");
}

#[test]
fn a_halt_of_one_person_is_his_to_end() {
    let mut desk = Desk::with(rules());
    desk.halt(0, 7);

    assert_eq!(desk.resume(false, 7)[0], "resume");
}

#[test]
fn what_was_asked_of_a_halt_does_not_outlive_it() {
    let mut desk = Desk::with(rules());
    desk.halt_as(Some(ABC), 1, 7, true);
    desk.at(100).tick();
    assert_eq!(desk.state(), TradingState::Continuous);
    desk.halt(0, 7);

    assert_eq!(desk.resume(false, 7)[0], "resume");
}

#[test]
fn everything_can_be_halted_and_resumed() {
    let mut desk = Desk::new();
    assert_eq!(desk.resume_as(None, false, 1), ["refused 113 0 0"]);

    let halted = desk.halt_as(None, 0, 1, true);

    assert_eq!(halted.iter().filter(|text| *text == "Continuous -> Halted").count(), 2);
    assert_eq!(desk.resume_as(Some(DEF), false, 2)[0], "resume");
    assert_eq!(desk.exchange.state(DEF), Some(TradingState::Continuous));
    assert_eq!(desk.resume_as(None, false, 1), ["refused 114 1 1"]);
    assert_eq!(desk.resume_as(None, false, 2), ["resume", "no cross", "Halted -> Continuous"]);
}

#[test]
fn a_delisted_instrument_is_left_out_and_refused_by_name() {
    let mut desk = Desk::new();
    desk.session(TradingState::Delisted);

    assert_eq!(desk.halt(0, 1), ["refused 402 0 0"]);
    assert_eq!(desk.halt_as(None, 0, 1, false), ["halt until a person", "Continuous -> Halted"]);
}

#[test]
fn a_halt_is_refused_for_what_is_not_listed_and_for_a_time_out_of_range() {
    let mut desk = Desk::new();
    let unknown = Some(InstrumentId(9));
    let day = 86_400 * SECOND;
    let halt = |duration_ns| {
        let (operator, note) = (OperatorId(1), name("why"));
        model::Command::Halt(Halt { instrument: Some(ABC), duration_ns, two_person: false, operator, note })
    };

    assert_eq!(desk.halt_as(unknown, 0, 1, false), ["refused 104 0 0"]);
    assert_eq!(desk.halt_as(unknown, -1, 1, false), ["refused 104 0 0"]);
    assert_eq!(desk.resume_as(unknown, false, 1), ["refused 104 0 0"]);
    assert_eq!(said(&desk.send(&halt(-1))), [format!("refused 314 -1 {day}")]);
    assert_eq!(said(&desk.send(&halt(day + 1))), [format!("refused 314 {} {day}", day + 1)]);
    assert_eq!(desk.state(), TradingState::Continuous);
    assert_eq!(said(&desk.send(&halt(day)))[1], "Continuous -> Halted");
}

#[test]
fn nothing_but_a_halt_or_a_call_can_be_resumed() {
    let mut desk = Desk::with(cooling_rules());
    assert_eq!(desk.resume(false, 1), ["refused 113 0 0"]);
    desk.at(0).halt(1, 1);
    desk.at(2).tick();
    desk.limit(BUY, 10_000, 1);
    desk.limit(SELL, 10_000, 1);
    desk.at(62).tick();

    assert_eq!(desk.state(), TradingState::Cooling);
    assert_eq!(desk.resume(false, 1), ["refused 113 0 0"]);
}

#[test]
fn what_is_not_listed_yet_can_be_halted_before_it_opens() {
    let mut desk = Desk::new();
    desk.session(TradingState::Closed);

    assert_eq!(desk.halt(0, 1), ["halt until a person"], "Closed is more restrictive");
    assert_eq!(desk.session(TradingState::Continuous), ["Closed -> Halted"]);
}
