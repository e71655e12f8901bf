"""Why an order is where it is: its causal trace, from events alone."""

from fairlead.domain.explain.trace import Step, Trace, explain

__all__ = ["Step", "Trace", "explain"]
