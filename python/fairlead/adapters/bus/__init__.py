"""Buses: in the process, and Kafka in ``fairlead.adapters.bus.kafka``, which needs its own library."""

from fairlead.adapters.bus.memory import MemoryBus, MemoryReader

__all__ = ["MemoryBus", "MemoryReader"]
