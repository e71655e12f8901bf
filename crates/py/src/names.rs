//! Which name stands for which id, and the decimals that turn mantissas into numbers.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use engine::Exchange;
use model::{AccountId, AssetId, Instrument, InstrumentId, Price, Qty, Symbol};

use crate::decimals::Grid;

/// Names of things that do not exist are sent to the engine under this id, so that it is the engine that refuses them.
pub const NOBODY: u32 = u32::MAX;

/// An asset.
#[derive(Clone, Debug)]
pub struct Asset {
    /// Its name.
    pub symbol: Symbol,
    /// `amount = mantissa / 10^decimals`.
    pub decimals: u8,
}

/// A listed instrument.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its id.
    pub id: InstrumentId,
    /// Its definition.
    pub def: Instrument,
    /// What prices are counted in where they are integers: it divides every price that is or was on the grid.
    pub grain: i64,
    /// Decimals of amounts in its quote asset.
    pub quote_decimals: u8,
    /// Decimals of amounts in its base asset.
    pub base_decimals: u8,
    /// It is the market of an event: who sells what it does not have pays in the quote asset.
    pub on_event: bool,
}

impl Listed {
    /// The grid of its prices.
    pub fn prices(&self) -> Grid<'_> {
        Grid::Ticks(&self.def.ticks, self.def.price_decimals)
    }

    /// The grid of its quantities.
    pub fn quantities(&self) -> Grid<'_> {
        Grid::Lots(self.def.lot_size.0, self.def.qty_decimals)
    }

    /// A price from grains; `None` where it does not fit.
    pub fn price_of_grains(&self, grains: i64) -> Option<Price> {
        grains.checked_mul(self.grain).map(Price)
    }

    /// A quantity from lots; `None` where it does not fit.
    pub fn qty_of_lots(&self, lots: i64) -> Option<Qty> {
        lots.checked_mul(self.def.lot_size.0).map(Qty)
    }
}

/// All names of one exchange. Names are only ever added.
#[derive(Clone, Debug, Default)]
pub struct Names {
    assets: Vec<Asset>,
    accounts: Vec<Symbol>,
    instruments: Vec<Arc<Listed>>,
    asset_ids: BTreeMap<String, u32>,
    account_ids: BTreeMap<String, u32>,
    instrument_ids: BTreeMap<String, u32>,
}

impl Names {
    /// Id of an asset, [`NOBODY`] where there is none.
    pub fn asset_id(&self, name: &str) -> AssetId {
        AssetId(self.asset_ids.get(name).copied().unwrap_or(NOBODY))
    }

    /// Id of an account, [`NOBODY`] where there is none.
    pub fn account_id(&self, name: &str) -> AccountId {
        AccountId(self.account_ids.get(name).copied().unwrap_or(NOBODY))
    }

    /// An instrument by its name.
    pub fn listed(&self, symbol: &str) -> Option<&Arc<Listed>> {
        self.instruments.get(*self.instrument_ids.get(symbol)? as usize)
    }

    /// An asset by its id.
    pub fn asset(&self, id: AssetId) -> Option<&Asset> {
        self.assets.get(id.0 as usize)
    }

    /// All assets, by id.
    pub fn assets(&self) -> impl Iterator<Item = (AssetId, &Asset)> {
        (0..).map(AssetId).zip(&self.assets)
    }

    /// An instrument by its id.
    pub fn instrument(&self, id: InstrumentId) -> Option<&Arc<Listed>> {
        self.instruments.get(id.0 as usize)
    }

    /// Name of an account; the venue has none.
    pub fn account(&self, id: AccountId) -> &str {
        let place = (id.0 as usize).checked_sub(1);
        place.and_then(|place| self.accounts.get(place)).map_or("", Symbol::as_str)
    }

    /// Adds all that an engine knows.
    pub fn learn_all(&mut self, engine: &Exchange) {
        for id in (0..).map(AssetId) {
            let Some((symbol, decimals)) = engine.asset(id) else { break };
            self.add_asset(id, Asset { symbol, decimals });
        }
        for (id, name) in (1..).map(AccountId).zip(engine.account_names()) {
            self.add_account(id, name);
        }
        for id in (0..).map(InstrumentId).take_while(|id| engine.instrument(*id).is_some()) {
            self.learn_instrument(engine, id);
        }
    }

    /// Adds an instrument that an engine knows.
    pub fn learn_instrument(&mut self, engine: &Exchange, id: InstrumentId) {
        let Some(def) = engine.instrument(id).cloned() else { return };
        let decimals = |asset| engine.asset(asset).map_or(0, |(_, decimals)| decimals);
        let (base_decimals, quote_decimals) = (decimals(def.base), decimals(def.quote));
        let (grain, on_event) = (engine.grain(id), engine.open_interest(id).is_some());
        self.instrument_ids.insert(def.symbol.as_str().to_owned(), id.0);
        self.instruments.push(Arc::new(Listed { id, def, grain, quote_decimals, base_decimals, on_event }));
    }

    /// Takes over the grid that an instrument has in an engine.
    pub fn learn_grid(&mut self, engine: &Exchange, id: InstrumentId) {
        if let (Some(listed), Some(def)) = (self.instruments.get_mut(id.0 as usize), engine.instrument(id)) {
            let (def, grain) = (def.clone(), engine.grain(id));
            *listed = Arc::new(Listed { def, grain, ..Listed::clone(listed) });
        }
    }

    /// Adds what the engine gave an id to.
    pub fn add_asset(&mut self, id: AssetId, asset: Asset) {
        self.asset_ids.insert(asset.symbol.as_str().to_owned(), id.0);
        self.assets.push(asset);
    }

    /// Adds what the engine gave an id to.
    pub fn add_account(&mut self, id: AccountId, name: Symbol) {
        self.account_ids.insert(name.as_str().to_owned(), id.0);
        self.accounts.push(name);
    }

    /// An instrument is the market of an event from now on.
    pub fn set_on_event(&mut self, id: InstrumentId) {
        if let Some(listed) = self.instruments.get_mut(id.0 as usize) {
            *listed = Arc::new(Listed { on_event: true, ..Listed::clone(listed) });
        }
    }
}

/// The names as the exchange and its reports share them.
///
/// Whoever calls Python takes a snapshot first: a lock held while Python runs could wait for a thread that waits for us.
#[derive(Clone, Debug, Default)]
pub struct Directory(Arc<RwLock<Arc<Names>>>);

impl Directory {
    /// The names so far.
    pub fn snapshot(&self) -> Arc<Names> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Adds names.
    pub fn change(&self, change: impl FnOnce(&mut Names)) {
        change(Arc::make_mut(&mut self.0.write().unwrap_or_else(PoisonError::into_inner)));
    }
}
