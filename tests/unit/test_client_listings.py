"""Lists of instruments that a client asked for, and instruments that it is told of without a question."""

from typing import Any, cast

from tests.web.feeds import definition

from fairlead import aio

_LINK = cast("Any", None)


def test_an_instrument_nobody_asked_for_is_known_and_ends_no_list() -> None:
    client = aio.Client(key_id="k", secret="00" * 32)
    client._list_number = 2

    for asked in (0, 1):
        client._take(_LINK, definition(f"NEW{asked}", asked, request_id=asked, remaining=0))
        assert client.instruments.knows(f"NEW{asked}")
        assert not client._listed, "it answers another question"
    client._take(_LINK, definition("ABC-USD", 2, request_id=2, remaining=1))
    assert not client._listed
    client._take(_LINK, definition("XYZ-USD", 3, request_id=2, remaining=0))
    assert client._listed
