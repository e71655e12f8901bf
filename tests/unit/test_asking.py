"""What the command line says where the service lets nobody ask for now."""

import pytest

from fairlead.cli.asking import LOCAL, asking
from fairlead.sdk import RateLimitedError
from fairlead.sdk.errors import Details


@pytest.mark.parametrize(
    ("code", "text", "is_login"),
    [
        ("RATE_LIMITED", "RATE_LIMITED: too many requests: policy=ip-logins wanted=1 left=0", True),
        ("TOO_MANY_ATTEMPTS", "TOO_MANY_ATTEMPTS: wait", True),
        ("RATE_LIMITED", "RATE_LIMITED: too many requests: policy=ip wanted=1 left=0", False),
        ("RATE_LIMITED", "RATE_LIMITED: too many requests: policy=account-orders wanted=1 left=0", False),
        ("ORDER_TO_TRADE", "ORDER_TO_TRADE: too many orders for so few trades", False),
    ],
)
def test_keys_are_named_where_logins_are_refused_and_nowhere_else(
    monkeypatch: pytest.MonkeyPatch, code: str, text: str, is_login: bool
) -> None:
    monkeypatch.setenv("FAIRLEAD_KEY_ID", "key_1")
    monkeypatch.setenv("FAIRLEAD_KEY_SECRET", "x")

    with pytest.raises(RateLimitedError) as raised, asking(LOCAL, email=None):
        raise RateLimitedError(text, Details(code=code, status=429))

    assert ("FAIRLEAD_KEY_ID" in str(raised.value)) is is_login
    assert str(raised.value).startswith(text)
    assert raised.value.code == code
