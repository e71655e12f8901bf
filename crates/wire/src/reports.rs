//! Private messages: what became of orders and commands.

use crate::codes::words;
use crate::field::Field;
use crate::header::HEADER_SIZE;
use crate::kind::Kind;
use crate::layout::block;
use crate::session::Position;
use model::{
    AccountId, Cause, ClOrdId, EndReason, InstrumentId, Money, OrdType, OrderId, Price, Qty, RejectReason, Side,
    TimeInForce, TradeId,
};

words! {
    /// What happened to an order: the characters of FIX 150.
    ExecType {
        /// `0`: accepted.
        New = 0x30,
        /// `4`: cancelled.
        Canceled = 0x34,
        /// `5`: changed in place.
        Replaced = 0x35,
        /// `8`: refused.
        Rejected = 0x38,
        /// `9`: waits for its trigger, its group or its reference.
        Suspended = 0x39,
        /// `C`: its life ended.
        Expired = 0x43,
        /// `D`: the venue made it smaller.
        Restated = 0x44,
        /// `F`: traded.
        Trade = 0x46,
        /// `G`: a trade of it was corrected.
        TradeCorrect = 0x47,
        /// `H`: a trade of it was taken back.
        TradeCancel = 0x48,
        /// `I`: how it stands.
        OrderStatus = 0x49,
        /// `L`: its trigger fired.
        Triggered = 0x4C,
        /// `N`: an order of a group may trade, or may trade more.
        Released = 0x4E,
        /// `P`: met an order of its owner and did not trade. Not a FIX code.
        Prevented = 0x50,
    }
    /// How an order stands: the characters of FIX 39.
    OrdStatus {
        /// `0`: nothing traded.
        New = 0x30,
        /// `1`: some traded.
        PartiallyFilled = 0x31,
        /// `2`: all traded.
        Filled = 0x32,
        /// `4`: cancelled.
        Canceled = 0x34,
        /// `8`: refused.
        Rejected = 0x38,
        /// `9`: waits.
        Suspended = 0x39,
        /// `C`: its life ended.
        Expired = 0x43,
        /// `Z`: filled, cancelled or expired, as was reported then. Not a FIX code.
        Ended = 0x5A,
    }
    /// An order's part in a trade: the numbers of FIX 851.
    Liquidity {
        /// It rested.
        Added = 1,
        /// It came in.
        Removed = 2,
        /// It was in an auction.
        Auction = 4,
    }
    /// What became of a command that is not about one order.
    CommandEvent {
        /// Refused: `reason`, `value`, `limit`.
        Refused = 0,
        /// An asset was defined: `id`.
        AssetAdded = 1,
        /// An instrument was defined.
        InstrumentListed = 2,
        /// An account was opened.
        AccountAdded = 3,
        /// A fee schedule changed: `id`, its version in `count`, what makers pay in `value`, takers in `limit`, in
        /// millionths of the notional where `other` is 0, of the variance where it is 1.
        FeesSet = 4,
        /// Money came in: the asset in `id`, the amount in `value`.
        Deposited = 5,
        /// Money went out: the asset in `id`, the amount in `value`.
        Withdrawn = 6,
        /// A mass cancel is done: `count`.
        MassCanceled = 7,
        /// A trading state changed: from `id` to `other`, numbers of `TradingState`.
        StateChanged = 8,
        /// Time passed.
        TimePassed = 9,
        /// A group was accepted: the group in `id`, its first order in `other`.
        GroupAccepted = 10,
        /// A group was refused: the leg at fault in `id`, the client id of the first leg in `cl_ord_id`.
        GroupRejected = 11,
        /// Limits of an account were set.
        LimitsSet = 12,
        /// A credit line was set: the asset in `id`, the amount in `value`.
        CreditLineSet = 13,
        /// A kill switch is on: the scope in `other` (0 all, 1 instrument, 2 account, 3 session), its id in `id`, the
        /// orders it cancelled in `count`, who set it in `value`.
        KillSwitchSet = 14,
        /// A kill switch is off: as above.
        KillSwitchCleared = 15,
        /// What happens to a connection's orders when it is lost was set: the session in `id`.
        DisconnectRuleSet = 16,
        /// A connection was lost or is back: the session in `id`, 1 in `other` where it is there.
        SessionChanged = 17,
        /// A dead-man timer was armed or disarmed: when it runs out in `value`, 0 where it is disarmed.
        DeadManSet = 18,
        /// A mark or index price was given: the price in `value`.
        ReferenceSet = 19,
        /// A mark or index price is too old.
        ReferenceStale = 20,
        /// A person halted: the operator in `id`, until when in `value`.
        HaltOrdered = 21,
        /// A person ended a halt: the operator in `id`.
        ResumeOrdered = 22,
        /// The session's state was set while something more restrictive decides: the state in `id`.
        SessionStateSet = 23,
        /// The rules of a breaker were set or removed.
        BreakerSet = 24,
        /// Price bands were given: lowest in `value`, highest in `limit`.
        BandsSet = 25,
        /// A price would have broken a band: the order in `id`, the price in `value`, the band it broke in `limit`.
        BandBroken = 26,
        /// A breaker stopped trading: the rule in `id`, until when in `value`.
        BreakerTripped = 27,
        /// A call goes on: what the price would be in `value`, until when in `limit`.
        AuctionExtended = 28,
        /// The spread changed its state: `id`.
        SpreadChanged = 29,
        /// An instrument is the market of an event: its NO asset in `id`.
        OutcomeSet = 30,
        /// Pairs were made: how many in `value`.
        PairsMinted = 31,
        /// Pairs were taken back: how many in `value`.
        PairsMerged = 32,
        /// The end of a market was paid: the amount in `value`.
        OutcomePaid = 33,
        /// The market of an event ended: what one YES paid in `value`, 1 in `other` where it is void.
        OutcomeResolved = 34,
        /// An account pays by another fee schedule: its number in `id`.
        AccountFeesSet = 35,
        /// A trade was taken back: which in `id`.
        TradeBusted = 36,
        /// A trade was corrected: which in `id`, its price from now on in `value`, its quantity in `limit`.
        TradeCorrected = 37,
        /// An instrument has another price grid; its definition says which.
        TicksSet = 38,
    }
}

block! {
    /// What happened to an order (FIX 35=8). The average price is `cum_value / cum_qty`, exactly.
    pub struct ExecutionReport {
        /// Its place among all events; it names the report (FIX 17).
        position: Position,
        /// Time of the command that caused it, in nanoseconds since the Unix epoch (FIX 60).
        ts_ns: i64,
        /// The number of the message it answers; 0 where it answers none, in copies and when it is sent again.
        ref_seq: u64,
        /// Whose (FIX 1).
        account: AccountId,
        /// In what; absent where there is no such instrument, and where it is not known any more.
        instrument: Option<InstrumentId>,
        /// The exchange's id (FIX 37); 0 where there is no order.
        order_id: OrderId,
        /// The client's id (FIX 11).
        cl_ord_id: Option<ClOrdId>,
        /// What happened (FIX 150).
        exec_type: ExecType,
        /// How the order stands (FIX 39).
        ord_status: OrdStatus,
        /// What in a command's work it comes from.
        cause: Cause,
        /// Buy or sell (FIX 54), of a refused order as it asked; absent where the instrument is, as the two after it.
        side: Option<Side>,
        /// How it is priced (FIX 40).
        ord_type: Option<OrdType>,
        /// How long it lives (FIX 59).
        tif: Option<TimeInForce>,
        /// Its limit (FIX 44).
        price: Option<Price>,
        /// Its total quantity (FIX 38), of a refused order what it asked for.
        order_qty: Qty,
        /// What remains (FIX 151).
        leaves_qty: Qty,
        /// What traded (FIX 14).
        cum_qty: Qty,
        /// Sum of price times quantity over its trades, both as mantissas; absent where it traded before a snapshot.
        cum_value: Option<i128>,
        /// Quantity of this trade (FIX 32); of one taken back, what it had; of a prevented one, what would have traded;
        /// 0: none.
        last_qty: Qty,
        /// Price of this trade (FIX 31).
        last_px: Option<Price>,
        /// What the order pays for this trade in the quote asset, negative for a rebate; of one taken back or corrected,
        /// what it pays more.
        fee: Money,
        /// This trade (FIX 880); 0: none.
        trade_id: TradeId,
        /// The order's part in this trade (FIX 851).
        liquidity: Option<Liquidity>,
        /// Why it was refused (FIX 103).
        reject_reason: Option<RejectReason>,
        /// Why it ended or lost quantity.
        end_reason: Option<EndReason>,
        /// What was offered, in the unit of the reason; of a trade taken back or corrected, the price it had.
        value: i128,
        /// What it was measured against; the quantity that trade had.
        limit: i128,
        /// Its trigger, where it waits for one (FIX 1102).
        trigger_price: Option<Price>,
        /// The client id was used before for the same request: this is the first outcome again.
        repeated: bool,
        /// Both orders of the trade have one owner.
        self_match: bool,
        /// A change left it where it was in its queue.
        priority_kept: bool,
        /// Sent again after a loss of the connection.
        resent: bool,
    }
}

block! {
    /// A cancel or an amend was refused; the order is untouched (FIX 35=9).
    pub struct CancelReject {
        /// Its place among all events.
        position: Position,
        /// Time of the command that caused it, in nanoseconds since the Unix epoch.
        ts_ns: i64,
        /// The number of the message it answers; 0 in copies and when it is sent again.
        ref_seq: u64,
        /// Who asked.
        account: AccountId,
        /// The order that was meant; 0: not known.
        order_id: OrderId,
        /// The client id of the amend, or the one a cancel named.
        cl_ord_id: Option<ClOrdId>,
        /// It was an amend, not a cancel (FIX 434).
        is_amend: bool,
        /// Why (FIX 102).
        reason: RejectReason,
        /// What was offered, in the unit of the reason.
        value: i128,
        /// What it was measured against.
        limit: i128,
        /// Sent again after a loss of the connection.
        resent: bool,
    }
}

block! {
    /// What became of a command that is not about one order; what the numbers mean is said at `CommandEvent`.
    pub struct CommandReport {
        /// Its place among all events.
        position: Position,
        /// Time of the command that caused it, in nanoseconds since the Unix epoch.
        ts_ns: i64,
        /// The number of the message it answers; 0 in copies and when it is sent again.
        ref_seq: u64,
        /// What became of it.
        event: CommandEvent,
        /// Which account.
        account: Option<AccountId>,
        /// Which instrument.
        instrument: Option<InstrumentId>,
        /// The client id that stands for a group.
        cl_ord_id: Option<ClOrdId>,
        /// A number.
        id: u64,
        /// Another number.
        other: u64,
        /// How many.
        count: u64,
        /// Why it was refused.
        reason: Option<RejectReason>,
        /// What was offered, or an amount.
        value: i128,
        /// What it was measured against.
        limit: i128,
        /// Sent again after a loss of the connection.
        resent: bool,
    }
}

/// Writes into the bytes of an encoded report which message of the client it answers; other kinds are left as they are.
///
/// # Panics
/// Where the bytes are shorter than a report of their kind.
pub fn set_ref_seq(report: &mut [u8], ref_seq: u64) {
    const fn after_mask<T: Field>() -> usize {
        HEADER_SIZE + T::MASK_SIZE + <Position as Field>::SIZE + <i64 as Field>::SIZE
    }
    let at = match report.first().copied().and_then(Kind::from_code) {
        Some(Kind::ExecutionReport) => const { after_mask::<ExecutionReport>() },
        Some(Kind::CancelReject) => const { after_mask::<CancelReject>() },
        Some(Kind::CommandReport) => const { after_mask::<CommandReport>() },
        _ => return,
    };
    report[at..at + size_of::<u64>()].copy_from_slice(&ref_seq.to_be_bytes());
}
