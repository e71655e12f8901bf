"""How long things took: counted once, and told in milliseconds and in seconds, as two histograms of Prometheus."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final

from prometheus_client.core import HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

__all__ = ["Duration", "Durations"]

_NS_PER_MS: Final = 1_000_000
_NS_PER_S: Final = 1_000_000_000
_MS_PER_S: Final = 1_000


class Duration:
    """What took how long, of one set of labels. One thread counts; whoever reads meanwhile sees a whole moment or less.

    Args:
        bounds_ns: upper bounds of the buckets, ascending; above the last is one more.
    """

    __slots__ = ("_bounds_ns", "counts", "sum_ns")

    def __init__(self, bounds_ns: Sequence[int]) -> None:
        self._bounds_ns = bounds_ns
        self.counts = [0] * (len(bounds_ns) + 1)
        self.sum_ns = 0

    def observe(self, took_ns: int) -> None:
        """Count one."""
        self.counts[bisect_left(self._bounds_ns, took_ns)] += 1
        self.sum_ns += took_ns


class Durations(Collector):
    """A histogram under two names, ``_ms`` and ``_seconds``.

    Args:
        name: what both begin with.
        about: what they say.
        labels: names of the labels.
        bounds_s: upper bounds of the buckets in seconds, ascending.
    """

    def __init__(self, name: str, about: str, labels: Sequence[str], *, bounds_s: Sequence[float]) -> None:
        self._name, self._about, self._labels, self._bounds_s = name, about, tuple(labels), tuple(bounds_s)
        self._bounds_ns = tuple(round(bound * _NS_PER_S) for bound in bounds_s)
        self._kept: dict[tuple[str, ...], Duration] = {}

    def of(self, *values: str) -> Duration:
        """Return what counts for these values of the labels; it is told from now on, at first as nothing."""
        found = self._kept.get(values)
        if found is None:
            found = self._kept[values] = Duration(self._bounds_ns)
        return found

    def collect(self) -> Iterator[Metric]:
        """Yield both histograms as they are at this moment."""
        for unit, per_s, ns in (("ms", _MS_PER_S, _NS_PER_MS), ("seconds", 1, _NS_PER_S)):
            family = self._family(unit)
            bounds = [*(_told(bound * per_s) for bound in self._bounds_s), "+Inf"]
            for values, kept in list(self._kept.items()):
                reached, buckets = 0, []
                for bound, count in zip(bounds, list(kept.counts), strict=True):
                    reached += count
                    buckets.append((bound, float(reached)))
                family.add_metric(values, buckets, sum_value=kept.sum_ns / ns)
            yield family

    def describe(self) -> Iterator[Metric]:
        """Yield the names."""
        return iter((self._family("ms"), self._family("seconds")))

    def _family(self, unit: str) -> HistogramMetricFamily:
        about = f"{self._about}, ms." if unit == "ms" else f"{self._about}."
        return HistogramMetricFamily(f"{self._name}_{unit}", about, labels=self._labels)


def _told(bound: float) -> str:
    return str(floatToGoString(bound))  # type: ignore[no-untyped-call]
