//! a mass cancel finds what passes every filter, wherever it is, and nothing else.

use model::{
    AccountId, Command, EventKind, InstrumentId, MassCancel, NewOrder, NewStop, OrdType, Peg, PegReference, Price,
    SessionId, Side, SplitMix64, TimeInForce, TradingState, Trigger, TriggerKind,
};

use crate::venue::{ABC, CASH, CREDIT, Venue, XYZ, cancelled, limit, market};

/// What an open order is told by.
#[derive(Clone, Copy)]
struct Known {
    id: u64,
    account: AccountId,
    session: SessionId,
    instrument: InstrumentId,
    side: Side,
}

/// Orders on the book, parked, waiting for an auction and for their triggers; a third of them ended.
fn crowd(seed: u64) -> (Venue, Vec<Known>) {
    let mut venue = Venue::new();
    let mut random = SplitMix64::new(seed);
    let mut open = Vec::new();
    venue.print(100);
    venue.state(XYZ, TradingState::Closed);
    venue.state(XYZ, TradingState::OpeningAuction);
    for _ in 0..120 {
        let account = [CASH, CREDIT][usize::try_from(random.below(2)).unwrap()];
        let session = SessionId(u32::try_from(random.below(3)).unwrap());
        let side = [Side::Buy, Side::Sell][usize::try_from(random.below(2)).unwrap()];
        let away = i64::try_from(1 + random.below(20)).unwrap();
        let price = if side == Side::Buy { 100 - away } else { 100 + away };
        let passive = NewOrder { session, ..limit(account, side, 1, price) };
        let kind = random.below(4);
        let instrument = if kind == 3 { XYZ } else { ABC };
        let sent = match kind {
            0 => Command::NewOrder(NewOrder { cl_ord_id: venue.id(), ..passive }),
            1 => {
                let peg = Some(Peg { reference: PegReference::Near, offset_ticks: -3 });
                let order = NewOrder { ord_type: OrdType::Pegged, peg, ..passive };
                Command::NewOrder(NewOrder { cl_ord_id: venue.id(), ..order })
            }
            2 => {
                // A buy stop far above, a sell stop far below.
                let price = if side == Side::Buy { 150 } else { 50 };
                let order = NewOrder { cl_ord_id: venue.id(), price: Some(Price(price)), ..passive };
                let trigger = Trigger::at(TriggerKind::StopLoss, Price(price));
                Command::NewStop(Box::new(NewStop { order, trigger }))
            }
            _ => {
                let order = NewOrder { session, tif: TimeInForce::Gfa, instrument: XYZ, ..market(account, side, 1) };
                let protection_price = Some(Price(100));
                Command::NewOrder(NewOrder { cl_ord_id: venue.id(), protection_price, ..order })
            }
        };
        let id = crate::venue::entered(&venue.send(&sent)).expect("accepted").0;
        open.push(Known { id, account, session, instrument, side });
        if random.below(3) == 0 {
            let gone = open.swap_remove(usize::try_from(random.below(open.len() as u64)).unwrap());
            assert_eq!(venue.cancel(gone.account, model::OrderId(gone.id)), None);
        }
    }
    open.sort_unstable_by_key(|known| known.id);
    (venue, open)
}

#[test]
fn every_combination_of_filters_cancels_exactly_what_passes_by_order_id() {
    let mut seed = 0;
    for account in [None, Some(CASH)] {
        for session in [None, Some(SessionId(1))] {
            for instrument in [None, Some(ABC), Some(XYZ)] {
                for side in [None, Some(Side::Sell)] {
                    seed += 1;
                    let (mut venue, open) = crowd(seed);
                    let passes = |known: &&Known| {
                        account.is_none_or(|wanted| wanted == known.account)
                            && session.is_none_or(|wanted| wanted == known.session)
                            && instrument.is_none_or(|wanted| wanted == known.instrument)
                            && side.is_none_or(|wanted| wanted == known.side)
                    };
                    let expected: Vec<u64> = open.iter().filter(passes).map(|known| known.id).collect();

                    let request = MassCancel { account, session, instrument, side };
                    let events = venue.send(&Command::MassCancel(request));

                    assert_eq!(cancelled(&events), expected, "{request:?}");
                    let count = expected.len() as u64;
                    assert!(events.contains(&EventKind::MassCanceled { count }));
                    assert_eq!(venue.exchange.open_count(), open.len() - expected.len());
                }
            }
        }
    }
}

#[test]
fn delisting_ends_everything_in_the_instrument_and_nothing_elsewhere() {
    let (mut venue, open) = crowd(77);

    let events = venue.state(ABC, TradingState::Delisted);

    let expected: Vec<u64> = open.iter().filter(|known| known.instrument == ABC).map(|known| known.id).collect();
    assert!(expected.len() > 10);
    assert_eq!(cancelled(&events), expected);
    assert_eq!(venue.exchange.open_count(), open.len() - expected.len());
}
