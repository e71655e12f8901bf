//! A trade that is taken back or corrected after it was made (FIX 150 = H and G).

use crate::facts::Trade;
use crate::ids::{AccountId, InstrumentId, OrderId, TradeId};
use crate::image;
use crate::numbers::{Money, Price, Qty};

/// What never changes of a trade: which it is, in what, and between whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TradeKey {
    /// Which.
    pub trade_id: TradeId,
    /// In what.
    pub instrument: InstrumentId,
    /// The buy order.
    pub buy_order_id: OrderId,
    /// Whose it is.
    pub buyer: AccountId,
    /// The sell order.
    pub sell_order_id: OrderId,
    /// Whose it is.
    pub seller: AccountId,
}

/// What a trade is about. One that was taken back has a quantity of 0 and no fees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TradeTerms {
    /// At which price.
    pub price: Price,
    /// How much.
    pub qty: Qty,
    /// What the buyer pays in the quote asset beside the price, negative for a rebate.
    pub buy_fee: Money,
    /// What the seller pays, likewise.
    pub sell_fee: Money,
}

impl TradeTerms {
    /// Those of a trade at the same price that was taken back.
    #[must_use]
    pub fn taken_back(&self) -> Self {
        TradeTerms { qty: Qty(0), buy_fee: Money(0), sell_fee: Money(0), ..*self }
    }

    /// Whether the trade was taken back.
    pub fn is_bust(&self) -> bool {
        self.qty.0 == 0
    }
}

/// A trade as it stands: as it was made, or as it was last amended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StandingTrade {
    /// Which.
    pub key: TradeKey,
    /// On what terms.
    pub terms: TradeTerms,
}

impl From<&Trade> for StandingTrade {
    fn from(trade: &Trade) -> Self {
        StandingTrade {
            key: TradeKey {
                trade_id: trade.trade_id,
                instrument: trade.instrument,
                buy_order_id: trade.buy.order_id,
                buyer: trade.buy.account,
                sell_order_id: trade.sell.order_id,
                seller: trade.sell.account,
            },
            terms: TradeTerms { price: trade.price, qty: trade.qty, buy_fee: trade.buy.fee, sell_fee: trade.sell.fee },
        }
    }
}

/// Takes a trade back, or lets it stand at another price or for less. The command says what the trade is: the engine keeps
/// no trades.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AmendTrade {
    /// The trade as it stands.
    pub trade: StandingTrade,
    /// Its price from now on; empty: as it is.
    pub price: Option<Price>,
    /// Its quantity from now on; empty: as it is. Where the price is empty too, the trade is taken back.
    pub qty: Option<Qty>,
}

impl AmendTrade {
    /// Whether the trade is taken back.
    pub fn is_bust(&self) -> bool {
        self.price.is_none() && self.qty.is_none()
    }
}

image!(TradeKey {
    trade_id: TradeId,
    instrument: InstrumentId,
    buy_order_id: OrderId,
    buyer: AccountId,
    sell_order_id: OrderId,
    seller: AccountId,
});
image!(TradeTerms { price: Price, qty: Qty, buy_fee: Money, sell_fee: Money });
image!(StandingTrade { key: TradeKey, terms: TradeTerms });
