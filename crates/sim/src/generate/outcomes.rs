//! The market of an event in some sequences, and commands about it.

use model::{
    Allocation, AssetId, Command, Instrument, InstrumentId, MONEY_MAX, Money, MovePairs, OutcomeRequest, Price, Qty,
    ResolveOutcome, SetOutcome, StpMode, TickTable,
};

use super::Generator;
use super::draw::Draw;
use super::world::{Market, World, name};

impl World {
    /// Adds the market of an event to one sequence in five.
    pub(super) fn maybe_outcome(&mut self, draw: &mut Draw) {
        if !draw.chance(200) {
            return;
        }
        let index = self.markets.len();
        let first = self.decimals.len();
        let decimals = draw.pick(&[0, 1]);
        for token in [first, first + 1] {
            self.decimals.push(decimals);
            self.setup.push(Command::AddAsset { symbol: name("A", token), decimals });
        }
        let asset = |at: usize| AssetId(u32::try_from(at).expect("a small index"));
        let tick = draw.pick(&[1, 1, 5]);
        let definition = Instrument {
            symbol: name("I", index),
            base: asset(first),
            quote: AssetId(0),
            price_decimals: 2,
            qty_decimals: draw.pick(&[0, 1]).min(decimals),
            ticks: TickTable::uniform(tick).expect("a grid"),
            lot_size: Qty(draw.pick(&[1, 2])),
            min_qty: Qty(2),
            max_qty: Qty(draw.pick(&[60, 1_000])),
            min_notional: Money(0),
            max_notional: MONEY_MAX,
            min_price: Price(tick),
            max_price: Price(100 - tick),
            allow_negative: false,
            previous_close: draw.pick(&[None, Some(Price(50))]),
            allocation: draw.pick(&[Allocation::Fifo, Allocation::Fifo, Allocation::ProRata]),
            stp_default: draw.pick(&[StpMode::None, StpMode::None, StpMode::CancelOldest]),
            max_slippage_bps: draw.pick(&[500, 10_000]),
            seed: draw.bits(),
        };
        let scale = definition.notional_scale(self.decimals[0]).expect("decimals that fit").into();
        self.setup.push(Command::ListInstrument(Box::new(definition.clone())));
        let instrument = InstrumentId(u32::try_from(index).expect("a small index"));
        let set = SetOutcome { instrument, no: asset(first + 1) };
        self.setup.push(Command::Outcome(OutcomeRequest::Set(set)));
        self.markets.push(Market { definition, scale, middle: Price(50) });
        self.outcome = Some(instrument);
    }
}

impl Generator {
    /// Pairs, rarely the end, in sequences that have the market of an event.
    pub(super) fn maybe_outcome(&mut self) -> Option<Command> {
        let event = self.world.outcome?;
        if !self.draw.chance(80) {
            return None;
        }
        let instrument = if self.draw.chance(50) { self.instrument().0 } else { event };
        let instrument = if self.is_bad() { InstrumentId(99) } else { instrument };
        Some(Command::Outcome(match self.draw.index(24) {
            0 => OutcomeRequest::Resolve(ResolveOutcome { instrument, weight: self.weight() }),
            1 => {
                let no = AssetId(u32::try_from(self.draw.index(self.world.decimals.len() + 1)).expect("small"));
                OutcomeRequest::Set(SetOutcome { instrument: self.instrument().0, no })
            }
            _ => {
                let market = self.market(instrument);
                let (account, qty, merge) = (self.account(), self.qty(&market), self.draw.chance(400));
                OutcomeRequest::MovePairs(MovePairs { account, instrument, qty, merge })
            }
        }))
    }

    fn weight(&mut self) -> Option<Price> {
        let weights = [None, None, Some(Price(0)), Some(Price(100)), Some(Price(50)), Some(Price(35))];
        let weight = self.draw.pick(&weights);
        if self.is_bad() { self.draw.pick(&[Some(Price(101)), Some(Price(-5)), Some(Price(105))]) } else { weight }
    }
}
