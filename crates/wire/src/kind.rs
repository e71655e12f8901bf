//! The one list of message kinds and their numbers.

/// Who sends a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// A client: a request that becomes a command.
    Client,
    /// An operator, or the exchange itself: a command that no client may send.
    Operator,
    /// Either side of a connection: about the connection itself.
    Either,
    /// The exchange: an answer or market data.
    Exchange,
}

macro_rules! kinds {
    ($($(#[doc = $doc:literal])* $name:ident = $code:literal by $sender:ident,)*) => {
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

            /// Who sends it.
            #[inline]
            pub fn sender(self) -> Sender {
                match self {
                    $(Kind::$name => Sender::$sender,)*
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
    NewOrder = 1 by Client,
    /// Cancels an order (FIX 35=F).
    CancelOrder = 2 by Client,
    /// Changes an order in place (FIX 35=G).
    ModifyOrder = 3 by Client,
    /// What happened to an order (FIX 35=8).
    ExecutionReport = 4 by Exchange,
    /// A book as it is, in one or more parts (FIX 35=W).
    OrderBookSnapshot = 5 by Exchange,
    /// Two orders traded: the public part.
    Trade = 6 by Exchange,
    /// Cancels many orders (FIX 35=q).
    MassCancel = 7 by Client,
    /// Enters an order that waits for its trigger.
    NewStop = 8 by Client,
    /// Enters a group of orders (FIX 35=E).
    NewGroup = 9 by Client,
    /// Cancels what is left of a group.
    CancelGroup = 10 by Client,
    /// Arms, renews or disarms a dead-man timer.
    CancelAllAfter = 11 by Client,
    /// Says what happens to a connection's orders when it is lost.
    SetCancelOnDisconnect = 12 by Client,

    /// Defines an asset.
    AddAsset = 32 by Operator,
    /// Defines an instrument.
    ListInstrument = 33 by Operator,
    /// Opens an account.
    AddAccount = 34 by Operator,
    /// Sets a fee schedule.
    SetFees = 35 by Operator,
    /// Puts money into an account.
    Deposit = 36 by Operator,
    /// Takes money out of an account.
    Withdraw = 37 by Operator,
    /// Moves an instrument to another trading state (FIX 35=h).
    SetTradingState = 38 by Operator,
    /// Gives a mark or index price.
    SetReference = 39 by Operator,
    /// Sets the limits of an account.
    SetAccountLimits = 40 by Operator,
    /// Sets the limits of an account in an instrument.
    SetInstrumentLimits = 41 by Operator,
    /// Sets a credit line.
    SetCreditLine = 42 by Operator,
    /// Cancels and blocks.
    KillSwitch = 43 by Operator,
    /// Ends a kill switch.
    Rearm = 44 by Operator,
    /// A connection is lost.
    SessionDown = 45 by Operator,
    /// A connection is back.
    SessionUp = 46 by Operator,
    /// Halts by hand.
    Halt = 47 by Operator,
    /// Ends a halt.
    Resume = 48 by Operator,
    /// Sets or removes the rules of a breaker.
    SetBreaker = 49 by Operator,
    /// Gives price bands from outside.
    SetBands = 50 by Operator,
    /// Only lets time pass.
    Tick = 51 by Operator,
    /// Nothing is heard otherwise, or the answer to a `TestRequest` (FIX 35=0).
    Heartbeat = 255 by Either,
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
        matches!(self.sender(), Sender::Client | Sender::Operator) && !self.is_session()
    }

    /// Whether it is about a connection and never reaches the exchange.
    #[inline]
    pub fn is_session(self) -> bool {
        matches!(self, Kind::Heartbeat)
    }
}
