"""The latency figures of the engine, read when somebody asks: the engine itself never waits for who counts."""

from collections.abc import Callable, Iterator
from typing import Final

from prometheus_client.core import SummaryMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from fairlead.engine.latency import LatencyReport, StageLatency
from fairlead.errors import FairleadError

__all__ = ["EngineFigures"]

_NS_PER_US: Final = 1_000
_NS_PER_S: Final = 1_000_000_000
_QUANTILES: Final = (("0.5", "p50_ns"), ("0.95", "p95_ns"), ("0.99", "p99_ns"), ("0.999", "p99_9_ns"))
_TOTAL: Final = "total"


class EngineFigures(Collector):
    """Summaries of the stages of an engine. Percentiles are from its start; sums and counts only grow.

    Args:
        latency: asks the engine.
    """

    def __init__(self, latency: Callable[[], LatencyReport]) -> None:
        self._latency = latency
        self._sums: dict[str, int] = {}

    def collect(self) -> Iterator[Metric]:
        """Yield the figures of this moment; none where the engine runs without stamps."""
        stages = SummaryMetricFamily("engine_stage_seconds", "What commands waited in a stage.", labels=("stage",))
        total_s = SummaryMetricFamily("trade_execution_latency_seconds", "Read from a client to written to it.")
        total_us = SummaryMetricFamily("trade_execution_latency_us", "Read from a client to written to it, us.")
        for stage in self._stages():
            self._fill(stages, stage, {"stage": stage.stage}, unit=_NS_PER_S)
            if stage.stage == _TOTAL:
                self._fill(total_s, stage, {}, unit=_NS_PER_S)
                self._fill(total_us, stage, {}, unit=_NS_PER_US)
        yield from (stages, total_s, total_us)

    def describe(self) -> Iterator[Metric]:
        """Yield the names, so that no engine is asked for them."""
        for name in ("engine_stage_seconds", "trade_execution_latency_seconds", "trade_execution_latency_us"):
            yield SummaryMetricFamily(name, "")

    def _stages(self) -> tuple[StageLatency, ...]:
        try:
            return self._latency().stages
        except FairleadError:
            # An engine that has no figures now has them a second later.
            return ()

    def _fill(self, family: Metric, stage: StageLatency, labels: dict[str, str], *, unit: int) -> None:
        if stage.count:
            for quantile, name in _QUANTILES:
                family.add_sample(family.name, labels | {"quantile": quantile}, getattr(stage, name) / unit)
        family.add_sample(f"{family.name}_count", labels, stage.count)
        family.add_sample(f"{family.name}_sum", labels, self._sum_ns(stage) / unit)

    def _sum_ns(self, stage: StageLatency) -> int:
        # The mean is cut to whole nanoseconds, so this could fall, which would look like a restart.
        self._sums[stage.stage] = max(self._sums.get(stage.stage, 0), stage.mean_ns * stage.count)
        return self._sums[stage.stage]
