"""Why an order is where it is: its causal trace, from events alone, or from what its owner was told."""

from fairlead.domain.explain.facts import Line, OrderFacts, needs_command
from fairlead.domain.explain.told import tell
from fairlead.domain.explain.told_market import MARKET_EVENTS
from fairlead.domain.explain.trace import Step, Trace, explain

__all__ = ["MARKET_EVENTS", "Line", "OrderFacts", "Step", "Trace", "explain", "needs_command", "tell"]
