//! Who and what a sequence starts with: assets, instruments, accounts, fees and first deposits.

use model::{
    AccountKind, AddAccount, Allocation, AssetId, Command, FeeBase, FeeRates, FeeScheduleId, Instrument, InstrumentId,
    Limits, MONEY_MAX, Money, MoveFunds, Price, Qty, StpMode, Symbol, TickBand, TickTable,
};

use super::draw::Draw;

/// An instrument with what the generator needs to price orders.
#[derive(Clone, Debug)]
pub struct Market {
    /// As listed.
    pub definition: Instrument,
    /// Quote units of one price mantissa times one quantity mantissa.
    pub scale: i128,
    /// Where prices gather.
    pub middle: Price,
}

/// The start of a sequence.
#[derive(Clone, Debug)]
pub struct World {
    /// The bounds of the exchange.
    pub limits: Limits,
    /// Everything tradable, by instrument id.
    pub markets: Vec<Market>,
    /// Kinds by account id, from account 1.
    pub kinds: Vec<AccountKind>,
    /// Decimals by asset id.
    pub decimals: Vec<u8>,
    /// The market of an event, where there is one.
    pub outcome: Option<InstrumentId>,
    /// Trades are taken back and corrected.
    pub amends_trades: bool,
    /// Instruments get other grids.
    pub regrids: bool,
    /// The commands that make it so.
    pub setup: Vec<Command>,
}

/// All names the generator gives are short and printable.
pub fn name(prefix: &str, number: usize) -> Symbol {
    Symbol::new(&format!("{prefix}{number}")).expect("a short printable name")
}

fn limits(draw: &mut Draw) -> Limits {
    let usual = Limits::default();
    Limits {
        client_ids_max: if draw.chance(80) { 1 + draw.index(16) } else { usual.client_ids_max },
        client_id_retention_ns: draw.pick(&[usual.client_id_retention_ns, 0, 500, 2_000_000, 3_000_000_000]),
        trades_max: draw.pick(&[usual.trades_max, usual.trades_max, 1, 2, 3]),
        triggers_max: draw.pick(&[usual.triggers_max, usual.triggers_max, usual.triggers_max, 1, 2, 4]),
    }
}

/// Grids with the lowest and highest price of an instrument on them and a middle.
fn grid(draw: &mut Draw, allow_negative: bool) -> (TickTable, i64, i64, i64) {
    let band = |from, tick| TickBand { from: Price(from), tick };
    if allow_negative {
        let ticks = TickTable::new(vec![band(-60, 2), band(0, 3)]).expect("a grid");
        return (ticks, -60, 60, draw.pick(&[0, 6, -10]));
    }
    let (bands, low, high, middle) = match draw.index(4) {
        0 => (vec![band(0, 1)], 1, 1_000, 100),
        1 => (vec![band(0, 5)], 800, 1_200, 1_000),
        2 => (vec![band(0, 2), band(100, 10)], 80, 200, 100),
        _ => (vec![band(0, 3), band(99, 1), band(105, 5)], 60, 150, 102),
    };
    (TickTable::new(bands).expect("a grid"), low, high, middle)
}

fn market(draw: &mut Draw, index: usize, decimals: &[u8]) -> Market {
    let quote = AssetId(0);
    let base = AssetId(u32::try_from(1 + draw.index(decimals.len() - 1)).expect("a small index"));
    let allow_negative = draw.chance(80);
    let (ticks, low, high, middle) = grid(draw, allow_negative);
    let lot = draw.pick(&[1, 1, 10]);
    let qty_decimals = draw.pick(&[0, 1]).min(decimals[1]);
    let price_decimals = draw.pick(&[0, 2]).min(decimals[0] - qty_decimals);
    let fifo_bps = draw.pick(&[0, 2_500, 4_000, 10_000]);
    let mut definition = Instrument {
        symbol: name("I", index),
        base,
        quote,
        price_decimals,
        qty_decimals,
        ticks,
        lot_size: Qty(lot),
        min_qty: Qty(lot * draw.pick(&[1, 1, 2])),
        max_qty: Qty(lot * draw.pick(&[60, 1_000])),
        min_notional: Money(0),
        max_notional: MONEY_MAX,
        min_price: Price(low),
        max_price: Price(high),
        allow_negative,
        previous_close: draw.pick(&[None, Some(Price(middle))]),
        allocation: draw.pick(&[
            Allocation::Fifo,
            Allocation::Fifo,
            Allocation::ProRata,
            Allocation::FifoThenProRata { fifo_bps },
        ]),
        stp_default: draw.pick(&STP_MODES),
        max_slippage_bps: draw.pick(&[0, 100, 500, 10_000]),
        seed: draw.bits(),
    };
    let scale = definition.notional_scale(decimals[0]).expect("decimals that fit").into();
    let one_lot = i128::from(middle).abs() * i128::from(lot) * scale;
    if draw.chance(120) {
        definition.min_notional = Money(one_lot * 2);
        definition.max_notional = Money(one_lot * 100);
    }
    definition.previous_close = definition.previous_close.filter(|price| definition.ticks.is_on_grid(*price));
    Market { definition, scale, middle: Price(middle) }
}

/// All five, by number.
pub const STP_MODES: [StpMode; 5] =
    [StpMode::None, StpMode::CancelNewest, StpMode::CancelOldest, StpMode::CancelBoth, StpMode::DecrementAndCancel];

/// Rates of a schedule, mostly small, some with a rebate on either side.
pub fn rates(draw: &mut Draw) -> FeeRates {
    let (maker_ppm, taker_ppm) = draw.pick(&[
        (0, 0),
        (100, 250),
        (-50, 300),
        (1_999, -1_999),
        (333, 3_333),
        (40_001, 70_003),
        (0, 1_000_000),
        (1_000_000, 1_000_000),
    ]);
    FeeRates { maker_ppm, taker_ppm }
}

/// An amount that buys or delivers some dozen usual orders, or hardly one.
pub fn funds(draw: &mut Draw, market: &Market, asset: AssetId, decimals: &[u8]) -> Money {
    let lots = i128::from(draw.pick(&[1_i64, 60, 500, 5_000]));
    let lot = i128::from(market.definition.lot_size.0);
    let amount = if asset == market.definition.quote {
        i128::from(market.middle.0).abs().max(1) * market.scale
    } else {
        let decimals = decimals[usize::try_from(asset.0).expect("a small index")];
        i128::from(10_u64.pow(u32::from(decimals.saturating_sub(market.definition.qty_decimals))))
    };
    Money(amount * lots * lot)
}

impl World {
    /// Draws a start.
    pub fn new(draw: &mut Draw) -> Self {
        let decimals = vec![draw.pick(&[3, 6, 18]), draw.pick(&[0, 1, 4]), draw.pick(&[1, 3])];
        let count = draw.pick(&[1, 1, 2, 3]);
        let markets: Vec<Market> = (0..count).map(|index| market(draw, index, &decimals)).collect();
        let mut setup = Vec::new();
        for (index, decimals) in decimals.iter().enumerate() {
            setup.push(Command::AddAsset { symbol: name("A", index), decimals: *decimals });
        }
        for schedule in 0..=2 {
            if draw.chance(600) {
                for base in [FeeBase::Notional, FeeBase::Variance] {
                    setup.push(Command::SetFees { schedule: FeeScheduleId(schedule), base, rates: rates(draw) });
                }
            }
        }
        setup.extend(markets.iter().map(|market| Command::ListInstrument(Box::new(market.definition.clone()))));
        let accounts = 1 + draw.index(4);
        let is_negative = markets.iter().any(|market| market.definition.allow_negative);
        let cash = if is_negative { draw.pick(&[0, 0, 0, 300]) } else { draw.pick(&[0, 500, 1_000]) };
        let mut kinds = Vec::new();
        for index in 0..accounts {
            let kind = if draw.chance(cash) { AccountKind::Cash } else { AccountKind::Credit };
            let (stp_group, fees) = (draw.pick(&[0, 0, 1, 2]), FeeScheduleId(draw.pick(&[0, 0, 1, 2])));
            kinds.push(kind);
            setup.push(Command::AddAccount(AddAccount { name: name("C", index), kind, stp_group, fees }));
            // A schedule never set refuses the account: it comes again with the one that always exists.
            if fees != FeeScheduleId(0) {
                let fees = FeeScheduleId(0);
                setup.push(Command::AddAccount(AddAccount { name: name("C", index), kind, stp_group, fees }));
            }
        }
        let (amends_trades, regrids) = (false, false);
        let limits = limits(draw);
        let mut world = World { limits, markets, kinds, decimals, outcome: None, amends_trades, regrids, setup };
        world.first_deposits(draw);
        world
    }

    fn first_deposits(&mut self, draw: &mut Draw) {
        for account in 1..=self.kinds.len() {
            for asset in 0..self.decimals.len() {
                if draw.chance(850) {
                    let asset = AssetId(u32::try_from(asset).expect("a small index"));
                    let market = &self.markets[draw.index(self.markets.len())];
                    let amount = funds(draw, market, asset, &self.decimals);
                    let account = model::AccountId(u32::try_from(account).expect("a small index"));
                    self.setup.push(Command::Deposit(MoveFunds { account, asset, amount }));
                }
            }
        }
    }
}
