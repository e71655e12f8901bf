//! Identifiers: dense numbers given by the engine, in the order things were created.

macro_rules! id {
    ($(#[$doc:meta])* $name:ident($int:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub $int);

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id! {
    /// An account. 0 is the venue itself, which collects fees; customers start at 1.
    AccountId(u32)
}
id! {
    /// An asset in which balances are kept (a currency, a share, a coin). Starts at 0.
    AssetId(u32)
}
id! {
    /// A listed instrument. Starts at 0.
    InstrumentId(u32)
}
id! {
    /// A client's connection; orders remember it so that they can be cancelled together. Chosen by the gateway.
    SessionId(u32)
}
id! {
    /// An accepted order (FIX 37). Starts at 1, never reused.
    OrderId(u64)
}
id! {
    /// One match between two orders (FIX 880). Starts at 1, never reused.
    TradeId(u64)
}
id! {
    /// One stay of an order in a queue. A new one is given each time an order is posted or refreshed, so the number
    /// orders the queue and names the order in public data without linking its slices. 0 means hidden from the public.
    PublicId(u64)
}

id! {
    /// A group of orders that depend on each other. Starts at 1, never reused.
    GroupId(u64)
}
id! {
    /// A person who may halt, resume and kill. Chosen by whoever checks that person's rights.
    OperatorId(u32)
}

impl AccountId {
    /// The venue's own account: receives fees, pays rebates.
    pub const VENUE: AccountId = AccountId(0);
}
