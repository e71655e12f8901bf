//! The state hash, section by section.

use std::collections::BTreeMap;

use model::{AccountId, Digest, FeeBase, InstrumentId, OrdType, Price, Side, StateHash, digest_client_id};

use super::{NaiveExchange, Order, Place};

fn write_optional_price(digest: &mut Digest, price: Option<Price>) {
    digest.write_u64(u64::from(price.is_some()));
    digest.write_price(price.unwrap_or_default());
}

fn tif_words(order: &Order, digest: &mut Digest) {
    digest.write_u64(order.tif.code().into());
    digest.write_i64(order.tif.expire_ns());
}

impl NaiveExchange {
    /// The digest of everything the exchange knows.
    pub fn state_hash(&self) -> StateHash {
        StateHash {
            instruments: self.hash_instruments(),
            books: self.hash_books(),
            orders: self.hash_orders(),
            accounts: self.hash_accounts(),
            client_ids: self.hash_client_ids(),
            triggers: self.hash_triggers(),
            risk: self.hash_risk(),
            breakers: self.hash_breakers(),
        }
    }

    fn hash_instruments(&self) -> u64 {
        let mut digest = Digest::new();
        for listed in &self.instruments {
            digest.write_u64(u64::from(listed.state as u8));
            write_optional_price(&mut digest, listed.last_trade);
            write_optional_price(&mut digest, listed.last_auction);
            let cross = listed.published.map(|published| published.cross);
            digest.write_u64(u64::from(cross.is_some()));
            let cross = cross.unwrap_or_default();
            digest.write_price(cross.price.unwrap_or_default());
            digest.write_i64(cross.volume);
            digest.write_i64(cross.imbalance);
        }
        for (id, listed) in self.instrument_ids().zip(&self.instruments) {
            let Some(outcome) = &listed.outcome else { continue };
            digest.write_u64(id.0.into());
            digest.write_u64(outcome.no.0.into());
            let mut paid: BTreeMap<AccountId, i128> = BTreeMap::new();
            for (account, amount) in &outcome.flows {
                *paid.entry(*account).or_default() += amount;
            }
            for (account, amount) in paid.into_iter().filter(|(_, amount)| *amount != 0) {
                digest.write_u64(account.0.into());
                digest.write_i128(amount);
            }
        }
        for (id, listed) in self.instrument_ids().zip(&self.instruments) {
            if listed.former_grids.is_empty() {
                continue;
            }
            digest.write_u64(id.0.into());
            digest.write_i64(listed.grain());
            digest.write_price(listed.definition.min_price);
            digest.write_price(listed.definition.max_price);
            for band in listed.definition.ticks.bands() {
                digest.write_price(band.from);
                digest.write_i64(band.tick);
            }
        }
        for (id, trade) in &self.amended_trades {
            digest.write_u64(id.0);
            digest.write_price(trade.terms.price);
            digest.write_qty(trade.terms.qty);
            digest.write_money(trade.terms.buy_fee);
            digest.write_money(trade.terms.sell_fee);
        }
        for counter in [self.next_order, self.next_trade, self.next_public] {
            digest.write_u64(counter);
        }
        digest.finish()
    }

    fn hash_books(&self) -> u64 {
        let mut digest = Digest::new();
        for instrument in self.instrument_ids() {
            digest.write_u64(instrument.0.into());
            for side in [Side::Buy, Side::Sell] {
                self.hash_side(instrument, side, &mut digest);
            }
            for id in self.orders_of(instrument, |o| o.ord_type == OrdType::Pegged && o.place == Place::Parked) {
                let order = self.order(id);
                digest.write_u64(id.0);
                digest.write_i64(order.leaves);
                digest.write_u64(order.public_id);
            }
        }
        digest.finish()
    }

    fn hash_side(&self, instrument: InstrumentId, side: Side, digest: &mut Digest) {
        for order in self.queue(instrument, side) {
            digest.write_u64(order.id.0);
            digest.write_price(order.book_price().unwrap_or_default());
            digest.write_i64(order.leaves);
            digest.write_i64(order.tip);
            digest.write_u64(order.public_id);
        }
        let waiting = self.orders_of(instrument, |order| order.side == side && order.place == Place::AuctionQueue);
        let mut waiting: Vec<&Order> = waiting.into_iter().map(|id| self.order(id)).collect();
        waiting.sort_by_key(|order| order.public_id);
        for order in waiting {
            digest.write_u64(order.id.0);
            digest.write_i64(order.leaves);
            digest.write_u64(order.public_id);
        }
    }

    fn hash_orders(&self) -> u64 {
        let mut digest = Digest::new();
        for order in self.orders.values() {
            digest.write_u64(order.id.0);
            digest.write_u64(order.account.0.into());
            for word in [order.order_qty, order.cum, order.prevented] {
                digest.write_i64(word);
            }
            digest.write_price(order.limit.unwrap_or_default());
            tif_words(order, &mut digest);
            digest.write_u64(u64::from(order.stp as u8));
            digest.write_i64(order.fee_cap.into());
            digest.write_i64(i64::try_from(order.prepaid).expect("below a million"));
            if order.closes {
                digest.write_u64(1);
            }
        }
        digest.finish()
    }

    ///
    fn hash_triggers(&self) -> u64 {
        let mut digest = Digest::new();
        for listed in &self.instruments {
            write_optional_price(&mut digest, listed.kept);
            for given in listed.references {
                digest.write_u64(u64::from(given.is_some()));
                digest.write_price(given.map(|given| given.price).unwrap_or_default());
                digest.write_i64(given.map_or(0, |given| given.deadline_ns));
                digest.write_u64(u64::from(given.is_some_and(|given| given.is_stale)));
            }
        }
        for order in self.orders.values().filter(|order| order.waits()) {
            digest.write_u64(order.id.0);
            digest.write_u64(u64::from(order.place == Place::Held));
            write_optional_price(&mut digest, self.trigger_price(order));
            digest.write_u64(u64::from(order.anchor.is_some()));
            digest.write_i64(order.anchor.unwrap_or(0));
        }
        digest.write_u64(self.next_group);
        for (id, group) in &self.groups {
            digest.write_u64(id.0);
            for word in [group.kind as u8, group.mode as u8, group.activation as u8] {
                digest.write_u64(word.into());
            }
            for leg in 0..3 {
                let leg = group.legs.get(leg);
                digest.write_u64(leg.and_then(|leg| leg.order).map_or(0, |order| order.0));
                digest.write_i64(leg.map_or(0, |leg| leg.unreleased));
            }
        }
        digest.finish()
    }

    fn hash_accounts(&self) -> u64 {
        let mut digest = Digest::new();
        for ((account, asset), funds) in &self.funds {
            if funds.total != 0 || funds.reserved != 0 {
                digest.write_u64(AccountId(account.0).0.into());
                digest.write_u64(asset.0.into());
                digest.write_i128(funds.total);
                digest.write_i128(funds.reserved);
            }
        }
        for (asset, amount) in self.outside.iter().chain(&self.escrow).filter(|(_, amount)| **amount != 0) {
            digest.write_u64(asset.0.into());
            digest.write_i128(*amount);
        }
        for (schedule, (version, rates)) in &self.schedules {
            digest.write_u64(schedule.0.into());
            digest.write_u64(u64::from(*version));
            let notional = rates.get(&FeeBase::Notional).copied().unwrap_or_default();
            digest.write_i64(notional.maker_ppm.into());
            digest.write_i64(notional.taker_ppm.into());
        }
        for (account, schedule) in &self.assigned_fees {
            digest.write_u64(account.0.into());
            digest.write_u64(schedule.0.into());
        }
        for (schedule, (_, rates)) in &self.schedules {
            let variance = rates.get(&FeeBase::Variance).copied().unwrap_or_default();
            if (variance.maker_ppm, variance.taker_ppm) != (0, 0) {
                digest.write_u64(schedule.0.into());
                digest.write_i64(variance.maker_ppm.into());
                digest.write_i64(variance.taker_ppm.into());
            }
        }
        digest.finish()
    }

    fn hash_client_ids(&self) -> u64 {
        let of_one = self.client_ids.iter().map(|((account, id), known)| digest_client_id(*account, id, known.outcome));
        of_one.fold(0, |sum, one| sum ^ one)
    }
}
