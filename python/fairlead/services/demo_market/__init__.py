"""The market of ``fairlead serve --demo``: seeded agents that trade through the gateway as anybody with a key does."""

from fairlead.services.demo_market.agents import MAKERS, Agents
from fairlead.services.demo_market.opening import fund, open_market
from fairlead.services.demo_market.run import DemoRun
from fairlead.services.demo_market.shapes import ALIASES, SHAPES

__all__ = ["ALIASES", "MAKERS", "SHAPES", "Agents", "DemoRun", "fund", "open_market"]
