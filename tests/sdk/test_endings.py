"""What the end of a live connection means: come again, or an error that stays."""

import pytest

from fairlead.sdk.errors import ApiError, AuthenticationError, AuthorizationError, NotFoundError, ServiceFaultError
from fairlead.sdk.live_socket import Ended, lasting_error


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (4401, AuthenticationError),
        (4403, AuthorizationError),
        (4410, NotFoundError),
        (1003, ServiceFaultError),
    ],
)
def test_some_ends_are_for_good(code: int, kind: type[ApiError]) -> None:
    error = lasting_error(Ended(code, "because"))

    assert type(error) is kind
    assert "because" in str(error)


@pytest.mark.parametrize("code", [0, 1011, 1012, 1013, 4408, 4409, 4429])
def test_after_others_one_comes_again(code: int) -> None:
    assert lasting_error(Ended(code, "because")) is None
