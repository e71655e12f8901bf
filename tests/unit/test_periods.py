"""Months and days: each time is in one of them, each has its name, and they follow each other without a gap."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.adapters.stores.projections.periods import DAYS, MONTHS, Periods

_END_NS = 250_000_000_000 * 10**9 // 100


@pytest.mark.parametrize("periods", [MONTHS, DAYS])
@given(ts_ns=st.integers(0, _END_NS))
def test_each_time_is_in_one_and_the_next_follows(periods: Periods, ts_ns: int) -> None:
    period = periods.of(ts_ns)

    assert period.begin_ns <= ts_ns < period.end_ns
    assert periods.of(period.begin_ns) == periods.of(period.end_ns - 1) == period
    assert periods.named(period.name) == period
    assert periods.of(period.end_ns).begin_ns == period.end_ns


def test_names_are_those_of_the_calendar() -> None:
    # 2024-02-29T23:59:59.999999999Z
    last_ns = 1_709_251_199_999_999_999

    assert [it.name for it in MONTHS.ahead(last_ns, 2)] == ["2024_02", "2024_03", "2024_04"]
    assert [it.name for it in DAYS.ahead(last_ns, 1)] == ["2024_02_29", "2024_03_01"]


@pytest.mark.parametrize("name", ["default", "", "2024_13", "2024", "2024_02_30x"])
def test_other_names_are_none(name: str) -> None:
    assert MONTHS.named(name) is None
    assert DAYS.named(name) is None
