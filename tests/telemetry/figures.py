"""Figures with something in each, so that every name of them can be seen."""

from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from fairlead.adapters.serving import Door
from fairlead.adapters.telemetry import Counts, EngineFigures, Gauges, Metrics
from fairlead.engine.latency import LatencyReport, StageLatency
from fairlead.model.report import Position, Report
from fairlead.services.streaming import Tally

STARTED_NS = 1_000


def report(seq: int, *, kind: str = "ExecutionReport", ts_ns: int = STARTED_NS, **said: Any) -> Report:
    """Return a report at a place in the log."""
    return Report(kind=kind, fields=said.pop("fields", {}), position=Position(seq, 0, 0), ts_ns=ts_ns, **said)


def new_metrics() -> Metrics:
    """Return figures of a process that began at ``STARTED_NS``, with one instrument."""
    return Metrics(begun_ns=STARTED_NS, symbol_of=lambda number: "ABC-USD" if number == 1 else None)


def stage(name: str, *, count: int = 4, mean_ns: int = 2_500) -> StageLatency:
    """Return the figures of a stage."""
    return StageLatency(
        stage=name, count=count, min_ns=1, mean_ns=mean_ns, p50_ns=2_000, p90_ns=3_000, p95_ns=3_500, p99_ns=4_000,
        p99_9_ns=4_500, max_ns=5_000,
    )  # fmt: skip


def latency(*stages: StageLatency) -> LatencyReport:
    """Return what an engine says."""
    return LatencyReport(
        state="running", began_ns=0, written_ns=0, stamp_ns=13, expected_interval_ns=None, gone=0, unstamped=0,
        stages=stages,
    )  # fmt: skip


def read(metrics: Metrics) -> dict[str, float]:
    """Return each sample by its name and labels as the text has them, through the parser of the library."""
    _, text = metrics.exposition()
    found = {}
    for family in text_string_to_metric_families(text.decode()):
        for sample in family.samples:
            labels = ",".join(f'{name}="{value}"' for name, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


def exported() -> set[str]:
    """Return the name of every sample that the program can export."""
    metrics = new_metrics()
    gauges = Gauges("db_pool_connections", "", label="state", read=lambda: {"used": 1})
    door = Door(connections_max=1, ip_connections_max=1, head_s=1, idle_s=1)
    connections = Gauges("http_connections", "", label="state", read=door.open)
    away = Counts("http_connections_turned_away", "", label="why", read=door.turned_away)
    tally = Tally(["book"])
    live = Gauges("websocket_connections", "", label="kind", read=tally.connections)
    heard = Gauges("websocket_subscriptions", "", label="channel", read=tally.subscriptions)
    behind = Gauges("lag_events", "", label="follower", read=lambda: {"tables": 0})
    pages = Counts("publish_pages", "", label="receiver", read=lambda: {"bus": 0})
    failed = Counts("publish_errors", "", label="receiver", read=lambda: {"bus": 0})
    metrics.add([EngineFigures(lambda: latency(stage("total"))), gauges, connections, away, live, heard])
    metrics.add([behind, pages, failed])
    metrics.request_answered(method="GET", route="/time", status=200, took_ns=1)
    metrics.request_refused(policy="ip")
    metrics.market_is("ABC-USD", is_halted=True, spread=0.01)
    metrics.part_is("store", is_ready=True)
    metrics.heard(report(1, kind="CommandReport", exec_type="BreakerTripped", fields={"instrument": 1}))
    return {name.partition("{")[0] for name in read(metrics)}
