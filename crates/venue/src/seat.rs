//! A sequencer behind the gateway's seam.

use engine::OrderView;
use gateway::host::{Engine, Host, OpenOrder, Outcome, Refused, STEP_NOW, Sink};
use journal::disk::Disk;
use model::{AssetId, Command, InstrumentId, OrderPosted, Qty, Side, Symbol, TradingState};
use sequencer::{Fatal, Refusal, Released, Sequencer};
use wire::SecurityDefinition;

/// A sequencer that a gateway speaks to.
pub struct Seat<D: Disk> {
    /// The sequencer.
    pub sequencer: Sequencer<D>,
}

impl<D: Disk> Host for Seat<D> {
    fn submit(&mut self, origin: u64, command: &Command) -> Result<(), Refused> {
        self.sequencer.submit(origin, command).map_err(refused)
    }

    fn room(&self) -> usize {
        self.sequencer.room()
    }

    fn book(&self, instrument: InstrumentId, orders: &mut Vec<OrderPosted>) -> Option<TradingState> {
        let exchange = self.sequencer.exchange();
        let state = exchange.state(instrument)?;
        for side in [Side::Buy, Side::Sell] {
            orders.extend(exchange.queue(instrument, side).iter().filter_map(posted));
        }
        Some(state)
    }

    fn instruments(&self) -> u32 {
        u32::try_from(self.sequencer.exchange().instrument_count()).unwrap_or(u32::MAX)
    }

    fn security(&self, instrument: InstrumentId) -> Option<SecurityDefinition> {
        let exchange = self.sequencer.exchange();
        let it = exchange.instrument(instrument)?;
        let name = |asset: AssetId| exchange.asset(asset).unwrap_or((Symbol::BLANK, 0));
        let no = exchange.no_asset(instrument);
        let ((base_symbol, base_decimals), (quote_symbol, quote_decimals)) = (name(it.base), name(it.quote));
        Some(SecurityDefinition {
            request_id: 0,
            remaining: 0,
            instrument,
            symbol: it.symbol,
            base: it.base,
            base_symbol,
            base_decimals,
            quote: it.quote,
            quote_symbol,
            quote_decimals,
            price_decimals: it.price_decimals,
            qty_decimals: it.qty_decimals,
            lot_size: it.lot_size,
            min_qty: it.min_qty,
            max_qty: it.max_qty,
            min_notional: it.min_notional,
            max_notional: it.max_notional,
            min_price: it.min_price,
            max_price: it.max_price,
            allow_negative: it.allow_negative,
            state: exchange.state(instrument)?,
            no,
            no_symbol: no.map(|no| name(no).0),
            ticks: it.ticks.clone(),
        })
    }
}

impl<D: Disk> Engine for Seat<D> {
    type Fatal = Fatal;

    fn step(&mut self, now_ns: i64, sink: &mut dyn Sink) -> Result<(), Fatal> {
        give(self.sequencer.step(now_ns)?, sink);
        Ok(())
    }

    fn step_timed(&mut self, now_ns: i64, stage_ns: &dyn Fn() -> u64, sink: &mut dyn Sink) -> Result<(), Fatal> {
        give(self.sequencer.step_timed(now_ns, stage_ns)?, sink);
        Ok(())
    }

    fn deadline_ns(&self) -> Option<i64> {
        if self.sequencer.waiting() > 0 { Some(STEP_NOW) } else { self.sequencer.exchange().next_due_ns() }
    }
}

/// Hands on what a step released, and what it refused.
fn give(released: Released<'_>, sink: &mut dyn Sink) {
    for outcome in released.iter() {
        let sequencer::Outcome { stamp, origin, events, times } = outcome;
        sink.released(Outcome { stamp, origin, events, times });
    }
    for (origin, refusal) in released.refused() {
        sink.refused(*origin, refused(*refusal));
    }
}

fn refused(refusal: Refusal) -> Refused {
    match refusal {
        Refusal::QueueFull { .. } => Refused::Busy,
        Refusal::DiskFull => Refused::DiskFull,
        Refusal::TooLarge { .. } | Refusal::NoEncoding { .. } => Refused::TooLarge,
        Refusal::Stopped => Refused::Stopped,
    }
}

/// An order as the public sees it in its queue; `None` where it sees nothing.
fn posted(order: &OrderView) -> Option<OrderPosted> {
    let OrderView { order_id, instrument, side, public_id, displayed_qty, .. } = *order;
    let price = order.price.filter(|_| displayed_qty > Qty(0))?;
    Some(OrderPosted { order_id, instrument, side, price, public_id, displayed_qty })
}

/// An open order as a gateway is told of it that did not see it enter.
pub(crate) fn open_order(order: &OrderView) -> OpenOrder {
    OpenOrder {
        order_id: order.order_id,
        account: order.account,
        instrument: order.instrument,
        cl_ord_id: order.cl_ord_id,
        side: order.side,
        ord_type: order.ord_type,
        tif: order.tif,
        price: order.price,
        order_qty: order.order_qty,
        cum_qty: order.cum_qty,
        cum_value: (order.cum_qty == Qty(0)).then_some(0),
        leaves_qty: order.leaves_qty,
        is_suspended: order.waits,
    }
}
