"""What the end of a live connection means: come again, or an error that stays."""

import asyncio
import json
from http import HTTPStatus
from typing import Any

import pytest
from websockets.asyncio.server import serve

from fairlead.sdk.errors import ApiError, AuthenticationError, AuthorizationError, NotFoundError, ServiceFaultError
from fairlead.sdk.live_socket import Ended, lasting_error, opened
from fairlead.sdk.retries import Answered


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


def _refused(status: int, code: str) -> Ended:
    problem = {"title": "-", "status": status, "code": code, "detail": "because", "correlationId": "c-1"}
    return Ended(0, "no connection", Answered(status=status, body=json.dumps(problem).encode()))


@pytest.mark.parametrize(
    ("status", "kind", "is_unproven"), [(401, AuthenticationError, True), (403, AuthorizationError, False)]
)
def test_a_connection_that_is_refused_says_why(status: int, kind: type[ApiError], is_unproven: bool) -> None:
    ended = _refused(status, "MINE")

    error = lasting_error(ended)

    assert type(error) is kind
    assert (error.code, error.status, error.correlation_id) == ("MINE", status, "c-1")
    assert "because" in str(error)
    assert ended.is_unproven is is_unproven


def test_a_proof_that_counts_no_more_is_made_anew() -> None:
    assert [Ended(code, "because").is_unproven for code in (4401, 4403, 0)] == [True, False, False]


@pytest.mark.parametrize("status", [404, 429, 500, 502, 503])
def test_after_another_refusal_one_comes_again(status: int) -> None:
    ended = _refused(status, "LATER")

    assert lasting_error(ended) is None
    assert not ended.is_unproven


@pytest.mark.parametrize("body", [b"", b"<html>no</html>"])
def test_a_refusal_of_something_between_is_one_too(body: bytes) -> None:
    async def refuse(connection: Any, _: Any) -> Any:
        response = connection.respond(HTTPStatus.FORBIDDEN, "")
        response.body = body
        return response

    async def run() -> Ended:
        async with serve(lambda _: asyncio.sleep(0), "127.0.0.1", 0, process_request=refuse) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            with pytest.raises(Ended) as ended:
                async with opened(f"ws://127.0.0.1:{port}/ws", {}, timeout_s=30):
                    pass
            return ended.value

    error = lasting_error(asyncio.run(run()))

    assert type(error) is AuthorizationError
    assert (error.status, error.code) == (403, "HTTP_403")
