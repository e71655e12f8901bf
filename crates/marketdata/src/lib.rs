//! Public book views and microstructure measures, from events.
