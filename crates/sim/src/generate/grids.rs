//! Other grids for listed instruments, in some sequences.

use model::{Command, EventKind, InstrumentId, Price, SetTicks, TickBand, TickTable};

use super::Generator;

/// Steps between one grid and the next, as numerator and denominator.
const RATIOS: [(i64, i64); 6] = [(2, 1), (3, 1), (5, 1), (1, 2), (1, 3), (1, 5)];

impl Generator {
    /// An instrument gets another grid, in sequences where that happens.
    pub(super) fn maybe_set_ticks(&mut self) -> Option<Command> {
        if !self.world.regrids || !self.draw.chance(30) {
            return None;
        }
        let unknown = usize::from(self.is_bad());
        let instrument = InstrumentId(u32::try_from(self.draw.index(self.world.markets.len() + unknown)).ok()?);
        let ticks = self.other_ticks(instrument);
        self.new_ticks = Some(ticks.clone());
        Some(Command::SetTicks(SetTicks { instrument, ticks }))
    }

    fn other_ticks(&mut self, instrument: InstrumentId) -> TickTable {
        let market = self.market(instrument);
        let (up, down) = RATIOS[self.draw.index(RATIOS.len())];
        let tick = (market.definition.ticks.base_tick() * up / down).max(1);
        let from = Price(market.middle.0 - market.middle.0.rem_euclid(3 * tick));
        let bands = [TickBand { from: Price(from.0 - 60 * tick), tick }, TickBand { from, tick: 3 * tick }];
        let banded = TickTable::new(bands.to_vec()).filter(|_| self.draw.chance(250));
        banded.or(TickTable::uniform(tick)).expect("a positive tick is a grid")
    }

    /// Notes the grid that the last command gave.
    pub(super) fn note_ticks(&mut self) {
        let asked = self.new_ticks.take();
        for event in self.events.as_slice() {
            if let (Some(ticks), EventKind::TicksSet { instrument }) = (&asked, &event.kind)
                && let Some(market) = self.world.markets.get_mut(instrument.0 as usize)
            {
                market.definition.ticks = ticks.clone();
            }
        }
    }
}
