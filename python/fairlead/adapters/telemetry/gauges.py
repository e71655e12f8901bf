"""Figures that somebody else keeps, read when they are asked for."""

from collections.abc import Callable, Iterator, Mapping

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

__all__ = ["Counts", "Gauges"]


class Gauges(Collector):
    """One gauge with a value for each of a few words.

    Args:
        name: its name.
        about: what it says.
        label: what the words are.
        read: the values by word.
    """

    def __init__(self, name: str, about: str, *, label: str, read: Callable[[], Mapping[str, float]]) -> None:
        self._name, self._about, self._label, self._read = name, about, label, read

    def collect(self) -> Iterator[Metric]:
        """Yield the values of this moment."""
        family = GaugeMetricFamily(self._name, self._about, labels=(self._label,))
        for word, value in self._read().items():
            family.add_metric((word,), value)
        yield family

    def describe(self) -> Iterator[Metric]:
        """Yield the name."""
        yield GaugeMetricFamily(self._name, self._about, labels=(self._label,))


class Counts(Collector):
    """One counter with a value for each of a few words; somebody else counts.

    Args:
        name: its name, without ``_total``.
        about: what it says.
        label: what the words are.
        read: the values by word; they only grow.
    """

    def __init__(self, name: str, about: str, *, label: str, read: Callable[[], Mapping[str, float]]) -> None:
        self._name, self._about, self._label, self._read = name, about, label, read

    def collect(self) -> Iterator[Metric]:
        """Yield the values of this moment."""
        family = CounterMetricFamily(self._name, self._about, labels=(self._label,))
        for word, value in self._read().items():
            family.add_metric((word,), value)
        yield family

    def describe(self) -> Iterator[Metric]:
        """Yield the name."""
        yield CounterMetricFamily(self._name, self._about, labels=(self._label,))
