"""Runs scenario files (docs/reference/scenarios.md) through ``fairlead.Exchange``."""
