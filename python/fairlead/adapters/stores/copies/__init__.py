"""Copies of a store of one moment, and stores filled from them."""

from fairlead.adapters.stores.copies.postgres import PostgresCut, filled_postgres, has_tables
from fairlead.adapters.stores.copies.sqlite import SqliteCut, known_seq_of

__all__ = ["PostgresCut", "SqliteCut", "filled_postgres", "has_tables", "known_seq_of"]
