"""Bring the reports of the exchange to those outside it: bus and cache."""

from fairlead.services.publishing.bodies import Bodies
from fairlead.services.publishing.publisher import Publisher
from fairlead.services.publishing.sinks import BusSink, CacheSink, Sink

__all__ = ["Bodies", "BusSink", "CacheSink", "Publisher", "Sink"]
