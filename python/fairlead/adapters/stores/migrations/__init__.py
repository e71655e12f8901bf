"""Changes of tables, in their order; a store remembers which it has."""
