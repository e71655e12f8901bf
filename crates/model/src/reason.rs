//! Why a command was refused, and why an order ended without being filled. Numbers are stable.

macro_rules! reasons {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal, $text:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u16)]
        pub enum $name {
            $($(#[$vdoc])* $variant = $code,)*
        }

        impl $name {
            /// All of them, in numeric order.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            /// The stable number.
            pub fn code(self) -> u16 {
                self as u16
            }

            /// The stable name in capitals.
            pub fn name(self) -> &'static str {
                match self {
                    $($name::$variant => $text,)*
                }
            }
        }
    };
}

reasons! {
    /// Why a command was refused. The first that applies, in numeric order, is given.
    ///
    /// Bands: 1-99 unreadable (refused at the edge, before a sequence number), 101 identity, 201 form, 301 values,
    /// 401 trading state, 501 funds and instructions.
    RejectReason {
        /// The side is neither buy nor sell.
        UnknownSide = 1, "UNKNOWN_SIDE";
        /// The order type is not one of ours.
        UnknownOrdType = 2, "UNKNOWN_ORD_TYPE";
        /// The time in force is not one of ours.
        UnknownTimeInForce = 3, "UNKNOWN_TIME_IN_FORCE";
        /// The self-trade prevention mode is not one of ours.
        UnknownStpMode = 4, "UNKNOWN_STP_MODE";
        /// A number is not a number.
        NotANumber = 5, "NOT_A_NUMBER";
        /// A number does not fit.
        NumberTooLarge = 6, "NUMBER_TOO_LARGE";
        /// The client order id is empty, too long or not printable.
        BadClOrdId = 7, "BAD_CL_ORD_ID";
        /// A GTD order without an expiry time, or an expiry time without GTD.
        ExpireTimeMismatch = 8, "EXPIRE_TIME_MISMATCH";
        /// Another instruction (display, peg, post-only, trading state) is not one of ours.
        UnknownInstruction = 9, "UNKNOWN_INSTRUCTION";

        /// No such account.
        UnknownAccount = 101, "UNKNOWN_ACCOUNT";
        /// The account used this client order id for something else.
        DuplicateClOrdId = 102, "DUPLICATE_CLORDID";
        /// The table of client order ids is full of open orders.
        Capacity = 103, "CAPACITY";
        /// No such instrument.
        UnknownInstrument = 104, "UNKNOWN_INSTRUMENT";
        /// No such asset.
        UnknownAsset = 105, "UNKNOWN_ASSET";
        /// No such order of this account.
        UnknownOrder = 106, "UNKNOWN_ORDER";
        /// The order is filled, cancelled or expired.
        OrderFinished = 107, "ORDER_FINISHED";
        /// The name is taken.
        DuplicateName = 108, "DUPLICATE_NAME";
        /// A kill switch is on. The client order id stays free.
        KillSwitch = 109, "KILL_SWITCH";
        /// More messages than the account may send. The client order id stays free.
        MsgRate = 110, "MSG_RATE";
        /// No such group of this account.
        UnknownGroup = 111, "UNKNOWN_GROUP";
        /// All orders of the group have ended.
        GroupFinished = 112, "GROUP_FINISHED";
        /// Nothing was halted or killed there.
        NotTripped = 113, "NOT_TRIPPED";
        /// A second person is needed.
        SameOperator = 114, "SAME_OPERATOR";
        /// The instrument is not the market of an event.
        NotOutcome = 115, "NOT_OUTCOME";
        /// There was no such trade, or it does not stand as the command says.
        UnknownTrade = 116, "UNKNOWN_TRADE";
        /// The trade was taken back already.
        TradeBusted = 117, "TRADE_BUSTED";
        /// No such fee schedule: it was never set.
        UnknownSchedule = 118, "UNKNOWN_SCHEDULE";

        /// A limit order, or a change of it, without a price.
        PriceMissing = 201, "PRICE_MISSING";
        /// A price on a market order.
        PriceNotAllowed = 202, "PRICE_NOT_ALLOWED";
        /// A protection price, budget, peg or display size on an order that cannot have it.
        FieldNotAllowed = 203, "FIELD_NOT_ALLOWED";
        /// A pegged order without a peg.
        PegMissing = 204, "PEG_MISSING";
        /// The time in force does not go with the order type.
        TifNotAllowed = 205, "TIF_NOT_ALLOWED";
        /// Post-only, display or minimum quantity does not go with the order type or time in force.
        ExecInstNotAllowed = 206, "EXEC_INST_NOT_ALLOWED";
        /// A stop or take-profit order without a trigger price.
        TriggerPriceMissing = 207, "TRIGGER_PRICE_MISSING";
        /// A trailing stop with both an amount and basis points, or with neither.
        TrailKind = 208, "TRAIL_KIND";
        /// A trigger, or a field of it, on an order that cannot have it.
        TriggerNotAllowed = 209, "TRIGGER_NOT_ALLOWED";
        /// Legs of a group that do not fit: their number, accounts, instruments, sides, types or kinds.
        GroupLegs = 210, "GROUP_LEGS";
        /// An order of a kind that the market of an event does not take.
        OutcomeOrder = 211, "OUTCOME_ORDER";

        /// A quantity of zero or below.
        QtyNotPositive = 301, "QTY_NOT_POSITIVE";
        /// A quantity off the lot grid.
        QtyLot = 302, "QTY_LOT";
        /// A quantity below the instrument's smallest.
        QtyMin = 303, "QTY_MIN";
        /// A quantity above the instrument's largest.
        QtyMax = 304, "QTY_MAX";
        /// A minimum quantity that is negative, off the lot grid or above the order's.
        MinQty = 305, "MIN_QTY";
        /// A display size below one lot, off the lot grid or above the order's, or a bad threshold or variance.
        DisplayQty = 306, "DISPLAY_QTY";
        /// A price off the tick grid.
        PriceTick = 307, "PRICE_TICK";
        /// A price outside the instrument's bounds.
        PriceBounds = 308, "PRICE_BOUNDS";
        /// An amount or budget of zero or below.
        AmountNotPositive = 309, "AMOUNT_NOT_POSITIVE";
        /// An amount or a balance above what the exchange can hold.
        Overflow = 310, "OVERFLOW";
        /// A notional below the instrument's smallest.
        NotionalMin = 311, "NOTIONAL_MIN";
        /// A notional above the instrument's largest.
        NotionalMax = 312, "NOTIONAL_MAX";
        /// An expiry that is not in the future.
        ExpireInPast = 313, "EXPIRE_IN_PAST";
        /// A definition of an instrument, asset or fee schedule that contradicts itself.
        InvalidDefinition = 314, "INVALID_DEFINITION";
        /// A pegged buy order of a cash account without a limit.
        PegLimitRequired = 315, "PEG_LIMIT_REQUIRED";
        /// An auction market buy order of a cash account without a protection price.
        ProtectionRequired = 316, "PROTECTION_REQUIRED";
        /// A cash account on an instrument that allows negative prices.
        CreditOnly = 317, "CREDIT_ONLY";
        /// A trail, step or limit offset that is not positive, off the grid or too large.
        TrailOffset = 318, "TRAIL_OFFSET";
        /// A trigger that has been passed already.
        WouldTrigger = 319, "WOULD_TRIGGER";
        /// Exits of a group with different quantities.
        GroupQty = 320, "GROUP_QTY";
        /// Exits of a group on the wrong side of the reference or of each other.
        GroupPrices = 321, "GROUP_PRICES";
        /// A trigger on a mark or index price that nobody gives.
        SourceMissing = 322, "SOURCE_MISSING";
        /// Bands that contradict each other or are far from everything known.
        BandInsane = 323, "BAND_INSANE";
        /// An asset that pays on an event: it comes and goes by its market alone.
        OutcomeAsset = 324, "OUTCOME_ASSET";
        /// A correction that says what stands already.
        TradeUnchanged = 325, "TRADE_UNCHANGED";

        /// The instrument is not open for anything yet.
        NotListed = 401, "NOT_LISTED";
        /// The instrument is gone.
        Delisted = 402, "DELISTED";
        /// The session is over.
        MarketClosed = 403, "MARKET_CLOSED";
        /// Trading is halted.
        Halted = 404, "HALTED";
        /// Only cancels are accepted.
        CancelOnly = 405, "CANCEL_ONLY";
        /// Only post-only limits are accepted.
        PostOnlyMarket = 406, "POST_ONLY_MARKET";
        /// The order would have to match now, and the instrument is in an auction.
        NotInAuction = 407, "NOT_IN_AUCTION";
        /// The order is for an auction, and the instrument is not in that auction.
        AuctionOnly = 408, "AUCTION_ONLY";
        /// The trading state cannot be entered from here, or not by command.
        StateTransition = 409, "STATE_TRANSITION";
        /// The account may not trade the instrument.
        Restricted = 410, "RESTRICTED";
        /// A price beyond the band of a limit state or a cooling phase.
        PriceBand = 411, "PRICE_BAND";

        /// A reduce-only order that would not reduce a position.
        ReduceOnly = 501, "REDUCE_ONLY";
        /// A post-only order that would take.
        PostOnlyWouldTrade = 502, "POST_ONLY_WOULD_TRADE";
        /// The account's available balance does not cover it.
        InsufficientFunds = 503, "INSUFFICIENT_FUNDS";
        /// A quantity above what the account may enter.
        MaxQty = 504, "MAX_QTY";
        /// A notional above what the account may enter.
        MaxValue = 505, "MAX_VALUE";
        /// A price too far beyond the reference.
        PriceCollar = 506, "PRICE_COLLAR";
        /// The same order was accepted just before.
        Duplicate = 507, "DUPLICATE";
        /// More open orders than the account may have.
        OpenOrders = 508, "OPEN_ORDERS";
        /// The working orders could lead to a larger position than the account may have.
        PositionLimit = 509, "POSITION_LIMIT";
        /// More than the account's balance and credit line.
        CreditLimit = 510, "CREDIT_LIMIT";
    }
}

reasons! {
    /// Why an order ended, or lost quantity, without being filled.
    EndReason {
        /// The client cancelled it, or amended it to what was already filled.
        User = 1, "USER";
        /// A mass cancel.
        Mass = 2, "MASS";
        /// Self-trade prevention.
        Stp = 3, "STP";
        /// Nothing left to trade with.
        NoLiquidity = 4, "NO_LIQUIDITY";
        /// The next price is beyond the protection price.
        Protection = 5, "PROTECTION";
        /// The budget does not buy another lot.
        Budget = 6, "BUDGET";
        /// Immediate-or-cancel.
        Ioc = 7, "TIF_IOC";
        /// Fill-or-kill could not be filled.
        Fok = 8, "TIF_FOK";
        /// The minimum quantity could not be filled.
        MinQty = 9, "MIN_QTY";
        /// The position it may reduce is gone.
        ReduceOnly = 10, "REDUCE_ONLY";
        /// The command caused as many trades as one may.
        TradesMax = 11, "TRADES_MAX";
        /// The instrument was delisted.
        Delisted = 12, "DELISTED";
        /// The session ended.
        Day = 13, "TIF_DAY";
        /// The expiry time came.
        Gtd = 14, "TIF_GTD";
        /// Its auction is over.
        Auction = 15, "AUCTION_END";
        /// Another order of its group made it void.
        Group = 16, "GROUP";
        /// A kill switch.
        Kill = 17, "KILL";
        /// Its connection was lost.
        Disconnect = 18, "DISCONNECT";
        /// The account's dead-man timer ran out.
        DeadMan = 19, "DEAD_MAN";
        /// The next price would have broken a band.
        PriceBand = 20, "PRICE_BAND";
        /// Its prices are not on the instrument's new grid.
        TickChange = 21, "TICK_CHANGE";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_are_distinct() {
        let numbers: std::collections::BTreeSet<u16> = RejectReason::ALL.iter().map(|r| r.code()).collect();
        let names: std::collections::BTreeSet<&str> = RejectReason::ALL.iter().map(|r| r.name()).collect();

        assert_eq!(numbers.len(), RejectReason::ALL.len());
        assert_eq!(names.len(), RejectReason::ALL.len());
        assert!(RejectReason::ALL.is_sorted());
    }
}
