"""The verdict on the long run of the benchmark: what was asked was taken, and the tables have what was taken."""

import sqlite3
from contextlib import closing
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

_BENCH = Path(__file__).parents[2] / "bench"


@pytest.fixture
def endurance(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(_BENCH)
    return import_module("harness.endurance")


def _figures(endurance: ModuleType, *, rows: int, is_caught_up: bool, **others: Any) -> Any:
    """A run of ten orders, half of them over HTTP; so many are in the tables at last."""
    given = {"http": {"requests": 5, "statuses": {"201": 5}}, "gateway": {"sent": 5, "accepted": 5}} | others
    return endurance.Figures(orders=10, rows=[(0.0, 3), (1.0, rows)], is_caught_up=is_caught_up, **given)


@pytest.mark.parametrize(
    ("rows", "is_caught_up", "is_clean"),
    [
        (10, True, True),
        (9, True, False),
        (11, True, False),
        (10, False, True),
        (4, False, True),
        (3, False, False),
        (11, False, False),
    ],
)
def test_tables_that_caught_up_have_all_orders_and_others_no_more_and_go_on(
    endurance: ModuleType, rows: int, is_caught_up: bool, is_clean: bool
) -> None:
    assert _figures(endurance, rows=rows, is_caught_up=is_caught_up).is_clean is is_clean


@pytest.mark.parametrize(
    "others",
    [
        {"http": {"requests": 5, "statuses": {"201": 4, "503": 1}}},
        {"gateway": {"sent": 6, "accepted": 5}},
    ],
)
def test_what_was_refused_is_not_clean(endurance: ModuleType, others: dict[str, Any]) -> None:
    assert not _figures(endurance, rows=10, is_caught_up=True, **others).is_clean


@pytest.mark.parametrize(("ids", "has_last"), [((1, 2, 3), True), ((1, 3), True), ((1, 2), False)])
def test_tables_have_caught_up_where_they_have_the_last_order(
    endurance: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ids: tuple[int, ...], has_last: bool
) -> None:
    monkeypatch.setattr(endurance, "_CATCH_UP_S", 0.0)
    path = tmp_path / "store.sqlite3"
    with closing(sqlite3.connect(path)) as store, store:
        store.execute("CREATE TABLE orders (order_id INTEGER PRIMARY KEY)")
        store.executemany("INSERT INTO orders VALUES (?)", [(it,) for it in ids])

    seen, found = endurance._catching_up(path, 3)

    assert (seen[-1][1], found) == (len(ids), has_last)
