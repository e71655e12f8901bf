"""What is counted of reports, and the text that Prometheus reads."""

from pathlib import Path

import pytest
from tests.telemetry.figures import STARTED_NS, exported, latency, new_metrics, read, report, stage

from fairlead.adapters.telemetry import EngineFigures, Metrics
from fairlead.engine.latency import LatencyReport
from fairlead.errors import UnavailableError

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "metrics.md"


def test_an_order_is_created_once_and_a_trade_is_one_for_both_its_orders() -> None:
    metrics = new_metrics()
    told = [
        report(1, exec_type="New", order_id=1),
        report(2, exec_type="Suspended", order_id=2),
        report(3, exec_type="Suspended", order_id=2),
        report(4, exec_type="Rejected"),
        report(5, exec_type="Trade", order_id=1, trade_id=7),
        report(6, exec_type="Trade", order_id=2, trade_id=7),
        report(7, exec_type="Trade", order_id=2, trade_id=8),
    ]
    # The stream begins again somewhere in the past.
    for one in (*told, *told[2:]):
        metrics.heard(one)

    assert read(metrics)["orders_created_total"] == 2
    assert read(metrics)["trades_executed_total"] == 2


def test_what_happened_before_the_start_is_not_counted() -> None:
    metrics = new_metrics()
    metrics.heard(report(1, exec_type="New", order_id=1, ts_ns=STARTED_NS - 1))
    assert read(metrics)["orders_created_total"] == 0

    metrics.heard(report(2, exec_type="New", order_id=2))

    assert read(metrics)["orders_created_total"] == 1


@pytest.mark.parametrize(
    ("exec_type", "number", "fields", "sample"),
    [
        ("BreakerTripped", 1, {"instrument": 1}, 'circuit_breaker_trips_total{reason="short",symbol="ABC-USD"}'),
        ("BreakerTripped", 99, {"instrument": 9}, 'circuit_breaker_trips_total{reason="unknown",symbol="unknown"}'),
        ("HaltOrdered", 5, {}, 'circuit_breaker_trips_total{reason="by_hand",symbol="all"}'),
        ("BandBroken", 5, {"instrument": 1}, "price_spikes_detected_total"),
        ("StateChanged", 6, {"instrument": 1, "other": 3}, "circuit_breaker_recoveries_total"),
        ("StateChanged", 5, {"instrument": 1, "other": 12}, "circuit_breaker_recoveries_total"),
    ],
)
def test_halts_are_counted(exec_type: str, number: int, fields: dict[str, int], sample: str) -> None:
    metrics = new_metrics()
    metrics.heard(report(1, kind="CommandReport", exec_type=exec_type, id=number, fields=fields))

    assert read(metrics)[sample] == 1


def test_an_opening_and_a_halt_are_no_recovery() -> None:
    metrics = new_metrics()
    for seq, (before, after) in enumerate([(2, 3), (3, 6), (6, 5), (12, 3)], start=1):
        metrics.heard(report(seq, kind="CommandReport", exec_type="StateChanged", id=before, fields={"other": after}))

    assert read(metrics)["circuit_breaker_recoveries_total"] == 0


def test_a_spread_that_there_is_none_of_is_not_shown() -> None:
    metrics = new_metrics()
    metrics.market_is("ABC-USD", is_halted=False, spread=0.01)
    assert read(metrics)['order_spread_ratio{symbol="ABC-USD"}'] == 0.01

    metrics.market_is("ABC-USD", is_halted=True, spread=None)

    assert 'order_spread_ratio{symbol="ABC-USD"}' not in read(metrics)
    assert read(metrics)['market_halted{symbol="ABC-USD"}'] == 1


def test_figures_of_the_engine_have_their_units_and_sums_that_never_fall() -> None:
    said = [latency(stage("total")), latency(stage("total", count=5, mean_ns=1_900)), latency()]
    metrics = new_metrics()
    metrics.add([EngineFigures(lambda: said[0])])
    first = read(metrics)
    said.pop(0)
    second = read(metrics)

    assert first["trade_execution_latency_us_sum"] == 10
    assert first["trade_execution_latency_seconds_sum"] == pytest.approx(1e-5)
    assert first['trade_execution_latency_us{quantile="0.99"}'] == 4
    assert first['engine_stage_seconds_count{stage="total"}'] == 4
    assert second["trade_execution_latency_us_sum"] == 10
    assert second["trade_execution_latency_us_count"] == 5


def test_an_engine_without_figures_costs_the_others_nothing() -> None:
    def fail() -> LatencyReport:
        raise UnavailableError("no figures")

    metrics = new_metrics()
    metrics.add([EngineFigures(fail)])

    assert "orders_created_total" in read(metrics)


def test_the_page_names_every_figure() -> None:
    page = PAGE.read_text()
    for name in exported():
        base = name
        for end in ("_bucket", "_count", "_sum"):
            base = base.removesuffix(end)
        assert base.startswith("process_") or f"`{base}`" in page or f"`{base}{{" in page, name


def test_figures_of_one_of_several_processes_all_say_whose_they_are() -> None:
    metrics = Metrics(begun_ns=STARTED_NS, symbol_of=lambda _: None, process="worker-2")
    metrics.request_answered(method="GET", route="/time", status=200, took_ns=1)
    alone, found = new_metrics(), read(metrics)
    assert found['http_requests_total{method="GET",process="worker-2",route="/time",status="200"}'] == 1
    assert all('process="worker-2"' in name for name in found)
    assert not any("process=" in name for name in read(alone))
