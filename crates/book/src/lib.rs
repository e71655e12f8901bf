//! One price-time order book.
