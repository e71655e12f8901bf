"""Calendars carried out by a real service on a real exchange: opened, held, halted, restarted."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.e2e.test_serve import Service
from tests.e2e.test_users import OPS, created
from tests.e2e.test_walk import _LISTING, Person

_MARKET = "/markets/SOL-USD"
_ALWAYS = {"always": True}
# As good as always, and another calendar.
_DAILY = {
    "timeZone": "UTC",
    "week": [{"days": ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"], "open": "00:00", "close": "00:00"}],
    "holidays": [],
}


def _until(ask: Callable[[], Any], wanted: Any) -> None:
    """Ask until the answer is the wanted one; the time limit ends what never comes."""
    end = time.monotonic() + 60
    while (found := ask()) != wanted:
        assert time.monotonic() < end, f"{found} is not {wanted}"


def test_a_calendar_opens_a_market_waits_for_a_person_and_goes_on_after_a_restart(tmp_path: Path) -> None:
    directory = tmp_path / "venue"
    created(directory, OPS)

    def state() -> str:
        return str(service.http.get(_MARKET).json()["state"])

    with Service(directory) as service:
        ops = Person(service, OPS)
        ops.do("POST", "/markets", _LISTING)
        # From its listing on, without anybody who opens it.
        told = ops.do("PUT", f"{_MARKET}/calendar", _ALWAYS)
        assert (told["stateNow"], told["nextChange"]) == ("CONTINUOUS", None)
        _until(state, "CONTINUOUS")

        # The calendar, set again, does not end a halt.
        ops.do("POST", f"{_MARKET}/halt", {"reason": "news"})
        ops.do("PUT", f"{_MARKET}/calendar", _DAILY)
        assert state() == "HALTED"
        ops.do("POST", f"{_MARKET}/resume", {"reason": "over"})
        _until(state, "CONTINUOUS")

        ops.do("PATCH", _MARKET, {"state": "CANCEL_ONLY"})
        assert ops.do("GET", f"{_MARKET}/calendar")["heldSince"] is not None
        assert service.end()[0] == 0

    with Service(directory) as service:
        ops = Person(service, OPS)
        assert state() == "CANCEL_ONLY"
        held = ops.do("GET", f"{_MARKET}/calendar")
        assert (held["heldSince"] is not None, held["stateNow"]) == (True, "CONTINUOUS")
        ops.do("PATCH", _MARKET, {"state": "CONTINUOUS"})
        assert ops.do("GET", f"{_MARKET}/calendar")["heldSince"] is None
        assert service.end()[0] == 0
