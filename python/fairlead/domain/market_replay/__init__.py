"""Decide whether a replayed recording gave what the market recorded."""
