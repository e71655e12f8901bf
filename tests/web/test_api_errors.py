"""Every reason of the exchange has a status, a way out, and a line in the documentation."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from tools import api_errors

import fairlead.wire
from fairlead.domain.trading.errors import InDoubtError, RefusedError
from fairlead.domain.trading.refusals import REFUSALS, Kind, Unit
from fairlead.domain.trading.refused import Scales, refused
from fairlead.errors import InternalError, UnavailableError
from fairlead.model.report import Report
from fairlead.web.problems import problem_in, problem_of, status_of

SCALES = Scales(price=2, quantity=3, base=8, quote=5)


def _report(
    reason: str, *, kind: str = "ExecutionReport", value: int = 0, limit: int = 0, repeated: bool = False
) -> Report:
    return Report(kind=kind, fields={}, is_rejected=True, reason=reason, value=value, limit=limit, repeated=repeated)


def test_every_reason_of_the_wire_is_mapped_and_no_other() -> None:
    layout = json.loads(Path(fairlead.wire.__file__).with_name("layout.json").read_text())

    assert REFUSALS.keys() == {name for _, name in layout["codes"]["RejectReason"]}


def test_the_page_says_what_the_program_does() -> None:
    assert api_errors.PAGE.read_text(encoding="utf-8") == api_errors.text(), "run python tools/api_errors.py"


@pytest.mark.parametrize("reason", REFUSALS)
def test_each_refusal_says_what_was_sent_and_what_to_do(reason: str) -> None:
    error = refused(_report(reason, value=12_345, limit=100), what="order clientOrderId=A1", scales=SCALES)
    problem = problem_in(error, "id")

    assert problem.code == reason
    assert problem.status in {404, 409, 422, 429, 503}
    assert "clientOrderId=A1" in problem.detail
    assert problem.fix
    if REFUSALS[reason].unit is not Unit.NOTHING:
        assert f"value={problem.value} limit={problem.limit}" in problem.detail


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (Kind.BUSINESS, 422),
        (Kind.UNKNOWN, 404),
        (Kind.CONFLICT, 409),
        (Kind.THROTTLED, 429),
        (Kind.UNAVAILABLE, 503),
    ],
)
def test_each_kind_of_no_has_its_status(kind: Kind, status: int) -> None:
    assert status_of(kind) == status


@pytest.mark.parametrize(
    ("reason", "is_sale", "value", "limit"),
    [
        ("PRICE_TICK", False, "123.45", "1.00"),
        ("QTY_LOT", False, "12.345", "0.100"),
        ("NOTIONAL_MAX", True, "0.12345", "0.00100"),
        ("INSUFFICIENT_FUNDS", False, "0.12345", "0.00100"),
        ("INSUFFICIENT_FUNDS", True, "0.00012345", "0.00000100"),
        ("OPEN_ORDERS", False, "12345", "100"),
    ],
)
def test_numbers_are_decimals_of_what_they_count(reason: str, is_sale: bool, value: str, limit: str) -> None:
    error = refused(_report(reason, value=12_345, limit=100), what="x", scales=SCALES, is_sale=is_sale)

    assert (error.value, error.limit) == (value, limit)
    assert Decimal(value) > Decimal(limit)


def test_what_is_not_known_is_left_out() -> None:
    assert refused(_report("PRICE_TICK", value=5), what="x").value is None
    assert refused(_report("PRICE_TICK", repeated=True), what="x", scales=SCALES).value is None


@pytest.mark.parametrize(
    ("reason", "code", "status", "retry"),
    [
        ("Throttled", "THROTTLED", 429, "1"),
        ("Busy", "BUSY", 503, "1"),
        ("DiskFull", "DISK_FULL", 503, "1"),
        ("Stopped", "STOPPED", 503, "1"),
        ("UnknownInstrument", "UNKNOWN_INSTRUMENT", 422, None),
    ],
)
def test_what_the_gateway_does_not_pass_on_was_not_done(reason: str, code: str, status: int, retry: str | None) -> None:
    error = refused(_report(reason, kind="Reject"), what="x")
    known, _ = problem_of(error, "id")

    assert (known.code, known.status, known.headers.get("Retry-After")) == (code, status, retry)


def test_what_the_service_must_never_send_is_its_own_fault() -> None:
    with pytest.raises(InternalError, match="NotYours"):
        refused(_report("NotYours", kind="Reject"), what="x")
    with pytest.raises(UnavailableError, match="NEW_REASON"):
        refused(_report("NEW_REASON"), what="x")


def test_a_rate_says_when_to_come_again() -> None:
    known, _ = problem_of(refused(_report("MSG_RATE", value=2_100_000_000, limit=50), what="x"), "id")

    assert (known.status, known.headers["Retry-After"]) == (429, "3")


def test_doubt_is_told_as_doubt() -> None:
    known, _ = problem_of(InDoubtError("order clientOrderId=A1", fix="ask GET /orders?clientOrderId=A1"), "id")

    assert (known.status, known.code, known.headers["Retry-After"]) == (503, "OUTCOME_IN_DOUBT", "1")
    assert "in doubt" in str(known)
    assert known.fix == "ask GET /orders?clientOrderId=A1"
    assert not isinstance(known, RefusedError)
