"""A parameter of a path or a query that does not fit is answered with its value, what it may be, and a fix."""

from pathlib import Path

import pytest
from tests.web.desks import Desk, at_desk, bearer

WIDTHS = "one of 1s, 1m, 5m, 15m, 1h, 4h, 1d"


@pytest.mark.parametrize(
    ("path", "field", "value", "wanted"),
    [
        ("/markets/BTC-USD/candles?interval=2m", "interval", "2m", WIDTHS),
        ("/markets/BTC-USD/candles?limit=1441", "limit", "1441", "a whole number from 1 to 1440"),
        ("/markets/BTC-USD/candles?from=-1", "from", "-1", f"a whole number from 0 to {2**43 - 1}"),
        ("/markets/BTC-USD/candles?to=soon", "to", "soon", f"a whole number from 0 to {2**43 - 1}"),
        ("/markets/BTC-USD/book?levels=0", "levels", "0", "a whole number from 1 to 1000"),
        ("/markets/BTC-USD/book?levels=x", "levels", "x", "a whole number from 1 to 1000"),
        (f"/markets/BTC-USD/book?levels={'9' * 99}", "levels", "9" * 64, "a whole number from 1 to 1000"),
        (f"/markets/{'A' * 37}/book", "symbol", "A" * 37, "a text of at most 36 characters"),
        ("/orders?limit=x", "limit", "x", "a whole number"),
        (f"/orders?symbol={'A' * 65}", "symbol", "A" * 64, "a text of at most 64 characters"),
    ],
)
def test_a_parameter_that_does_not_fit_says_what_it_may_be(
    tmp_path: Path, path: str, field: str, value: str, wanted: str
) -> None:
    async def story(desk: Desk) -> None:
        answer = await desk.get(path, headers=bearer(await desk.become()))
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (400, "VALIDATION_ERROR")
        assert (problem["field"], problem["value"], problem["limit"]) == (field, value, wanted)
        assert problem["detail"] == f"VALIDATION_ERROR: {field} must be {wanted}: value={value}"
        assert problem["fix"] == f"give {field} as {wanted}"

    at_desk(tmp_path, story)
