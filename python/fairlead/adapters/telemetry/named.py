"""Figures of one of several processes: each says whose it is."""

from collections.abc import Iterator
from typing import Final

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

__all__ = ["named"]

_LABEL: Final = "process"


def named(registry: CollectorRegistry, process: str) -> CollectorRegistry:
    """Return the figures of a registry with the name of their process in a label."""
    told = CollectorRegistry(auto_describe=False)
    told.register(_Named(registry, process))
    return told


class _Named(Collector):
    def __init__(self, registry: CollectorRegistry, process: str) -> None:
        self._registry, self._process = registry, process

    def describe(self) -> list[Metric]:
        """Say nothing: figures are made when they are asked for."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield the figures of this moment."""
        for metric in self._registry.collect():
            metric.samples = [
                sample._replace(labels={**sample.labels, _LABEL: self._process}) for sample in metric.samples
            ]
            yield metric
