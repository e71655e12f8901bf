//! The one list of message kinds and their numbers.

/// What a kind is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A command that clients may send.
    ClientCommand,
    /// A command that only operators and the exchange itself may give.
    OperatorCommand,
    /// About a connection: never reaches the exchange.
    Session,
    /// From the exchange to the account it concerns.
    Report,
    /// Public, and asking for it.
    MarketData,
}

macro_rules! kinds {
    ($($(#[doc = $doc:literal])* $name:ident = $code:literal in $class:ident,)*) => {
        /// What a message is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Kind {
            $($(#[doc = $doc])* $name = $code,)*
        }

        impl Kind {
            /// All kinds, in numeric order.
            pub const ALL: &'static [Kind] = &[$(Kind::$name),*];

            /// The largest number.
            pub const MAX: u8 = 255;

            /// The kind of a number.
            #[inline]
            pub fn from_code(code: u8) -> Option<Kind> {
                match code {
                    $($code => Some(Kind::$name),)*
                    _ => None,
                }
            }

            /// Its name.
            pub fn name(self) -> &'static str {
                match self {
                    $(Kind::$name => stringify!($name),)*
                }
            }

            /// What it is part of.
            #[inline]
            pub fn class(self) -> Class {
                match self {
                    $(Kind::$name => Class::$class,)*
                }
            }

            /// What it is for.
            pub fn doc(self) -> &'static str {
                match self {
                    $(Kind::$name => concat!($($doc),*).trim_ascii_start(),)*
                }
            }
        }
    };
}

kinds! {
    /// Enters an order (FIX 35=D).
    NewOrder = 1 in ClientCommand,
    /// Cancels an order (FIX 35=F).
    CancelOrder = 2 in ClientCommand,
    /// Changes an order in place (FIX 35=G).
    ModifyOrder = 3 in ClientCommand,
    /// What happened to an order (FIX 35=8).
    ExecutionReport = 4 in Report,
    /// A book as it is, in one or more parts (FIX 35=W).
    OrderBookSnapshot = 5 in MarketData,
    /// Two orders traded: the public part.
    Trade = 6 in MarketData,
    /// Cancels many orders (FIX 35=q).
    MassCancel = 7 in ClientCommand,
    /// Enters an order that waits for its trigger.
    NewStop = 8 in ClientCommand,
    /// Enters a group of orders (FIX 35=E).
    NewGroup = 9 in ClientCommand,
    /// Cancels what is left of a group.
    CancelGroup = 10 in ClientCommand,
    /// Arms, renews or disarms a dead-man timer.
    CancelAllAfter = 11 in ClientCommand,
    /// Says what happens to a connection's orders when it is lost.
    SetCancelOnDisconnect = 12 in ClientCommand,

    /// Defines an asset.
    AddAsset = 32 in OperatorCommand,
    /// Defines an instrument.
    ListInstrument = 33 in OperatorCommand,
    /// Opens an account.
    AddAccount = 34 in OperatorCommand,
    /// Sets rates of a fee schedule that are parts of the notional; all markets but those of events charge them.
    SetFees = 35 in OperatorCommand,
    /// Puts money into an account.
    Deposit = 36 in OperatorCommand,
    /// Takes money out of an account.
    Withdraw = 37 in OperatorCommand,
    /// Moves an instrument to another trading state (FIX 35=h).
    SetTradingState = 38 in OperatorCommand,
    /// Gives a mark or index price.
    SetReference = 39 in OperatorCommand,
    /// Sets the limits of an account.
    SetAccountLimits = 40 in OperatorCommand,
    /// Sets the limits of an account in an instrument.
    SetInstrumentLimits = 41 in OperatorCommand,
    /// Sets a credit line.
    SetCreditLine = 42 in OperatorCommand,
    /// Cancels and blocks.
    KillSwitch = 43 in OperatorCommand,
    /// Ends a kill switch.
    Rearm = 44 in OperatorCommand,
    /// A connection is lost.
    SessionDown = 45 in OperatorCommand,
    /// A connection is back.
    SessionUp = 46 in OperatorCommand,
    /// Halts by hand.
    Halt = 47 in OperatorCommand,
    /// Ends a halt.
    Resume = 48 in OperatorCommand,
    /// Sets or removes the rules of a breaker.
    SetBreaker = 49 in OperatorCommand,
    /// Gives price bands from outside.
    SetBands = 50 in OperatorCommand,
    /// Only lets time pass.
    Tick = 51 in OperatorCommand,
    /// Makes an instrument the market of an event.
    SetOutcome = 52 in OperatorCommand,
    /// Pays for pairs of YES and NO, or gives them back.
    MovePairs = 53 in OperatorCommand,
    /// Ends the market of an event.
    ResolveOutcome = 54 in OperatorCommand,
    /// Lets an account pay by another fee schedule.
    SetAccountFees = 55 in OperatorCommand,
    /// Takes a trade back, or corrects it.
    AmendTrade = 56 in OperatorCommand,
    /// Gives an instrument another price grid.
    SetTicks = 57 in OperatorCommand,
    /// Sets rates of a fee schedule that are parts of the variance; markets of events charge them.
    SetVarianceFees = 58 in OperatorCommand,

    /// Client: opens a session (FIX 35=A).
    Logon = 64 in Session,
    /// Exchange: what a client has to prove its key on.
    Challenge = 65 in Session,
    /// Client: the proof.
    ChallengeReply = 66 in Session,
    /// Exchange: the session is open, and under which rules.
    LogonAck = 67 in Session,
    /// Either: the session ends, and why (FIX 35=5).
    Logout = 68 in Session,
    /// Either: asks for a heartbeat (FIX 35=1).
    TestRequest = 69 in Session,
    /// Client: asks for the reports after a position (FIX 35=2).
    ResendRequest = 70 in Session,
    /// Exchange: reports before a position are not available, or a resend is complete (FIX 35=4).
    SequenceReset = 71 in Session,
    /// Exchange: a message was not passed on (FIX 35=3).
    Reject = 72 in Session,

    /// A cancel or an amend was refused; the order is untouched (FIX 35=9).
    CancelReject = 80 in Report,
    /// What became of a command that is not about one order.
    CommandReport = 81 in Report,

    /// Client: begins or ends a subscription of a book, or asks for its snapshot again (FIX 35=V).
    Subscribe = 96 in MarketData,
    /// Client: asks which instruments there are (FIX 35=x).
    SecurityListRequest = 97 in MarketData,
    /// An instrument: its decimals, grid and bounds (FIX 35=d).
    SecurityDefinition = 98 in MarketData,
    /// The best price of both sides.
    TopOfBook = 99 in MarketData,
    /// A price level changed.
    BookDelta = 100 in MarketData,
    /// A displayed order changed.
    OrderDelta = 101 in MarketData,
    /// An instrument changed its trading state (FIX 35=f).
    InstrumentStatus = 102 in MarketData,
    /// What an auction would do, or did.
    AuctionInfo = 103 in MarketData,
    /// A checksum of the client's view of the book.
    BookChecksum = 104 in MarketData,

    /// Either: nothing else was sent, or the answer to a `TestRequest` (FIX 35=0).
    Heartbeat = 255 in Session,
}

impl Kind {
    /// The number.
    #[inline]
    pub fn code(self) -> u8 {
        self as u8
    }

    /// Whether it is a command, and so may stand in a journal.
    #[inline]
    pub fn is_command(self) -> bool {
        matches!(self.class(), Class::ClientCommand | Class::OperatorCommand)
    }
}
