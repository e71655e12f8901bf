"""Reads, runs and checks scenario files (docs/reference/scenarios.md) on ``fairlead.Exchange``."""

from fairlead.services.scenario.line import ScenarioError
from fairlead.services.scenario.run import Explains, Played, play

__all__ = ["Explains", "Played", "ScenarioError", "play"]
