//! Questions about the state, answered without changing it.

use book::Slot;
use breaker::Sight;
use model::{
    AccountId, AssetId, ClOrdId, Instrument, InstrumentId, OrdType, OrderId, OrderRef, Price, PublicId, Qty, Side,
    StandingTrade, Symbol, TimeInForce, TradeId, TradingState,
};

use crate::accounts::Balance;
use crate::clients::{Key, Outcome};
use crate::exchange::Exchange;
use crate::market::{Market, book_side};
use crate::record::{Place, Shown};

/// An open order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderView {
    /// Its id.
    pub order_id: OrderId,
    /// Whose.
    pub account: AccountId,
    /// Newest client id of its chain.
    pub cl_ord_id: ClOrdId,
    /// In what.
    pub instrument: InstrumentId,
    /// Buy or sell.
    pub side: Side,
    /// How it is priced.
    pub ord_type: OrdType,
    /// How long it lives.
    pub tif: TimeInForce,
    /// Its limit, where it has one.
    pub price: Option<Price>,
    /// Its total.
    pub order_qty: Qty,
    /// What has traded.
    pub cum_qty: Qty,
    /// What remains.
    pub leaves_qty: Qty,
    /// What the public sees of it.
    pub displayed_qty: Qty,
    /// Its place in time; 0 before it was first posted.
    pub public_id: PublicId,
    /// The trigger it waits for, where it waits and has one by now.
    pub trigger_price: Option<Price>,
    /// It waits: for its trigger or for the entry of its group.
    pub waits: bool,
    /// It waits for the entry of its group, which has not been filled yet.
    pub is_held: bool,
}

/// One price of a book, as the public sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LevelView {
    /// The price.
    pub price: Price,
    /// Displayed quantity.
    pub qty: Qty,
    /// Number of displayed orders.
    pub count: u32,
}

impl Exchange {
    fn market(&self, instrument: InstrumentId) -> Option<&Market> {
        self.markets.get(instrument.0 as usize)
    }

    /// The definition of an instrument.
    pub fn instrument(&self, instrument: InstrumentId) -> Option<&Instrument> {
        self.market(instrument).map(|market| &market.def)
    }

    /// The trading state of an instrument.
    pub fn state(&self, instrument: InstrumentId) -> Option<TradingState> {
        self.market(instrument).map(|market| market.state)
    }

    /// The asset that pays if the event of a market does not happen; `None` where it is not the market of an event.
    pub fn no_asset(&self, instrument: InstrumentId) -> Option<AssetId> {
        self.market(instrument)?.outcome.as_deref().map(|outcome| outcome.no)
    }

    /// The price of an instrument's last trade.
    pub fn last_trade_price(&self, instrument: InstrumentId) -> Option<Price> {
        let market = self.market(instrument)?;
        market.last_trade.map(|ticks| market.price(ticks))
    }

    /// Pairs that exist in the market of an event; empty where the instrument is none.
    pub fn open_interest(&self, instrument: InstrumentId) -> Option<Qty> {
        let market = self.market(instrument)?;
        let pairs = market.outcome.as_deref()?.pairs;
        Some(market.qty(i64::try_from(pairs).unwrap_or(i64::MAX)))
    }

    /// What rule sets see of an instrument.
    pub fn sight(&self, instrument: InstrumentId) -> Option<Sight> {
        let market = self.market(instrument)?;
        let price = |ticks: i64| market.price(ticks);
        Some(Sight {
            state: market.state,
            bid: market.displayed_best(Side::Buy).map(price),
            ask: market.displayed_best(Side::Sell).map(price),
            known: market.reference().map(price),
        })
    }

    /// Names of the customers' accounts in order of id; the first is account 1.
    pub fn account_names(&self) -> Vec<Symbol> {
        let mut names: Vec<(AccountId, Symbol)> = self.names.accounts.iter().map(|(name, id)| (*id, *name)).collect();
        names.sort_unstable();
        names.into_iter().map(|(_, name)| name).collect()
    }

    /// Name and decimals of an asset.
    pub fn asset(&self, asset: AssetId) -> Option<(Symbol, u8)> {
        self.names.assets.get(asset.0 as usize).copied()
    }

    /// What an account has of an asset; zero where it has none.
    pub fn balance(&self, account: AccountId, asset: AssetId) -> Balance {
        self.shared.accounts.balance(account, asset)
    }

    /// Everything an account has, by asset.
    pub fn balances(&self, account: AccountId) -> Vec<(AssetId, Balance)> {
        self.shared.accounts.balances(account)
    }

    /// What all accounts and the venue hold of an asset less what came from outside: zero, always (INV-1).
    pub fn money_created(&self, asset: AssetId) -> i128 {
        self.shared.accounts.sum(asset)
    }

    /// The best displayed prices of a side, best first, at most `max` of them.
    pub fn levels(&self, instrument: InstrumentId, side: Side, max: usize) -> Vec<LevelView> {
        let Some(market) = self.market(instrument) else { return Vec::new() };
        let shown = market.book.levels(book_side(side)).filter(|(_, level)| level.displayed > 0);
        let view = |(tick, level): (i64, book::LevelView)| LevelView {
            price: market.price(tick),
            qty: market.qty(level.displayed),
            count: level.count,
        };
        shown.take(max).map(view).collect()
    }

    /// Displayed quantity at a price.
    pub fn volume_at(&self, instrument: InstrumentId, side: Side, price: Price) -> Qty {
        let Some(market) = self.market(instrument) else { return Qty(0) };
        market.qty(market.book.volume_at(book_side(side), market.ticks(price)))
    }

    /// The orders of a side in priority order, hidden ones included: the owner's view of everything.
    pub fn queue(&self, instrument: InstrumentId, side: Side) -> Vec<OrderView> {
        let Some(market) = self.market(instrument) else { return Vec::new() };
        let levels = market.book.levels(book_side(side));
        let orders = levels.flat_map(|(tick, _)| market.book.level_orders(&self.shared.arena, book_side(side), tick));
        orders.map(|maker| self.view(maker.slot)).collect()
    }

    /// An open order.
    pub fn order(&self, order_id: OrderId) -> Option<OrderView> {
        self.shared.index.get(order_id.0).map(|slot| self.view(slot))
    }

    /// The open order that a reference of an account names.
    pub fn find(&self, account: AccountId, target: &OrderRef) -> Option<OrderId> {
        let slot = self.shared.find(account, target).ok()?;
        Some(OrderId(self.shared.arena.order_id(slot)))
    }

    /// The order that a remembered client id of an account belongs to, open or ended.
    pub fn remembered(&self, account: AccountId, cl_ord_id: &ClOrdId) -> Option<OrderId> {
        let entry = self.shared.clients.find(&Key::of(account, cl_ord_id))?;
        match self.shared.clients.entry(entry).outcome() {
            Outcome::Accepted(order_id) => Some(order_id),
            Outcome::Rejected(_) => None,
        }
    }

    /// Open orders of an account, oldest first.
    pub fn open_orders(&self, account: AccountId) -> Vec<OrderView> {
        let open = self.shared.open_of(account);
        open.into_iter().map(|(_, slot)| self.view(slot)).collect()
    }

    /// The trigger that a waiting order has by now; of a trailing stop it follows the market.
    pub fn trigger_price(&self, order_id: OrderId) -> Option<Price> {
        self.order(order_id)?.trigger_price
    }

    /// Orders of an instrument that wait for a trigger or for the entry of their group, oldest first. Looks at every
    /// open order.
    pub fn waiting_orders(&self, instrument: InstrumentId) -> Vec<OrderView> {
        let waiting = self.shared.open_where(|record| record.instrument == instrument.0 && record.place().waits());
        waiting.into_iter().map(|(_, slot)| self.view(slot)).collect()
    }

    /// Every open order, oldest first. Looks at each.
    pub fn every_open_order(&self) -> Vec<OrderView> {
        let open = self.shared.open_where(|_| true);
        open.into_iter().map(|(_, slot)| self.view(slot)).collect()
    }

    /// How many instruments there are; their ids count from 0.
    pub fn instrument_count(&self) -> usize {
        self.markets.len()
    }

    /// How many orders are open.
    pub fn open_count(&self) -> usize {
        self.shared.index.len()
    }

    /// Memory of resting orders and their ids, in bytes: arena, records, index, books; and of the remembered client ids.
    pub fn bytes(&self) -> (usize, usize) {
        let shared = &self.shared;
        let books: usize = self.markets.iter().map(|market| market.book.bytes()).sum();
        let found = shared.index.bytes() + shared.rosters.bytes() + shared.groups.bytes();
        let orders = shared.arena.bytes() + shared.records.bytes() + found + shared.waits.bytes() + books;
        (orders + shared.accounts.bytes(), shared.clients.bytes())
    }

    /// What divides every price that an instrument has or had; 0 where there is no such instrument.
    pub fn grain(&self, instrument: InstrumentId) -> i64 {
        self.markets.get(instrument.0 as usize).map_or(0, |market| market.grain)
    }

    /// A trade as it stands, where it was taken back or corrected.
    pub fn amended_trade(&self, trade_id: TradeId) -> Option<StandingTrade> {
        self.shared.amended.get(&trade_id.0).copied()
    }

    fn view(&self, slot: Slot) -> OrderView {
        let record = self.shared.records.get(slot);
        let market = &self.markets[record.instrument as usize];
        let order_id = self.shared.arena.order_id(slot);
        let returned = self.shared.returned.get(&order_id).map_or(0, |qty| qty.0);
        let hidden = record.place() == Place::Book && record.shown() == Shown::Hidden;
        OrderView {
            order_id: OrderId(order_id),
            account: record.account,
            cl_ord_id: self.shared.clients.entry(record.client).cl_ord_id,
            instrument: market.id,
            side: record.side(),
            ord_type: record.ord_type(),
            tif: self.shared.tif_of(slot),
            price: record.limit_price().map(|ticks| market.price(ticks)),
            order_qty: market.qty(record.order_qty),
            cum_qty: Qty((market.qty(record.cum_qty).0 - returned).max(0)),
            leaves_qty: market.qty(record.leaves()),
            displayed_qty: market.qty(self.shared.displayed(slot)),
            public_id: PublicId(if hidden { 0 } else { record.public_id }),
            trigger_price: self.shared.trigger_price(market, slot),
            waits: record.place().waits(),
            is_held: record.place() == Place::Held,
        }
    }
}
