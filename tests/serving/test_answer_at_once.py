"""An answer that is written at once is the one that the server beneath would have written, to the byte."""

import asyncio
import logging
from typing import Any

import pytest
from tests.serving.test_whole_answer import Wire
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from fairlead.adapters.serving.answer_at_once import AnswerAtOnce

LENGTH = (b"content-length", b"2")
JSON = (b"content-type", b"application/json")


def _start(*headers: tuple[bytes, bytes], status: int = 200) -> dict[str, Any]:
    return {"type": "http.response.start", "status": status, "headers": [*headers]}


def _body(body: bytes, *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.response.body", "body": body, "more_body": more}


# What an application sends, and whether it goes out in one write.
SENT: dict[str, tuple[list[dict[str, Any]], bool]] = {
    "a body": ([_start(JSON, LENGTH, status=201), _body(b"{}")], True),
    "no body": ([_start((b"content-length", b"0")), {"type": "http.response.body"}], True),
    "no headers": ([{"type": "http.response.start", "status": 200}, _body(b"{}")], False),
    "nothing to say": ([_start(status=204), _body(b"")], False),
    "the same as before": ([_start((b"etag", b'"1"'), status=304), _body(b"")], False),
    "pieces": ([_start(LENGTH), _body(b"{", more=True), _body(b"}")], False),
    "pieces without a length": ([_start(JSON), _body(b"{", more=True), _body(b"}"), _body(b"")], False),
    "encoded in pieces": ([_start((b"transfer-encoding", b"chunked")), _body(b"{}")], False),
    "too much": ([_start(LENGTH), _body(b"{ }")], False),
    "too little": ([_start(LENGTH), _body(b"{")], False),
    "two lengths": ([_start((b"content-length", b"9"), LENGTH), _body(b"{}")], False),
    "the last one": ([_start(LENGTH, (b"connection", b"close")), _body(b"{}")], False),
    "capitals": ([_start(LENGTH, (b"X-Name", b"1")), _body(b"{}")], False),
    "a line in a value": ([_start(LENGTH, (b"x-name", b"1\r\nx-other: 2")), _body(b"{}")], False),
    "a line in a name": ([_start(LENGTH, (b"x-name: 1\r\nx-other", b"2")), _body(b"{}")], False),
    "a space in a value": ([_start(LENGTH, (b"x-name", b"1 \t2")), _body(b"{}")], True),
    "twice": ([_start(LENGTH), _body(b"{}"), _start(LENGTH)], True),
    "a body first": ([_body(b"{}")], False),
    "two heads": ([_start(LENGTH), _start(LENGTH)], False),
}


async def _answered(messages: list[dict[str, Any]], *, at_once: bool, **given: Any) -> tuple[Any, list[bytes]]:
    wire: Any = Wire()
    ended: list[int] = []
    cycle = RequestResponseCycle(
        scope={"type": "http", "method": given.get("method", "POST")},  # type: ignore[typeddict-item]
        transport=wire,
        flow=FlowControl(wire),
        logger=logging.getLogger("tests"),
        access_logger=logging.getLogger("tests"),
        access_log=False,
        default_headers=[(b"date", b"today")],
        message_event=asyncio.Event(),
        expect_100_continue=True,
        keep_alive=given.get("keep_alive", True),
        on_response=lambda: ended.append(len(wire.written)),
    )
    cycle.disconnected = given.get("disconnected", False)
    send: Any = AnswerAtOnce(cycle, wire) if at_once else cycle.send
    error = None
    try:
        for message in messages:
            await send(message)
    except RuntimeError as raised:
        error = str(raised)
    told = b"".join(wire.written), error, wire.is_closed, cycle.response_complete, cycle.message_event.is_set()
    state = cycle.response_started, cycle.keep_alive, cycle.waiting_for_100_continue, len(ended)
    return (told, state), wire.written


@pytest.mark.parametrize("name", SENT)
@pytest.mark.parametrize("given", [{}, {"method": "HEAD"}, {"keep_alive": False}, {"disconnected": True}])
def test_it_is_what_the_server_writes(name: str, given: dict[str, Any]) -> None:
    messages, is_whole = SENT[name]

    ours, written = asyncio.run(_answered(messages, at_once=True, **given))
    theirs, _ = asyncio.run(_answered(messages, at_once=False, **given))

    if not given.get("disconnected"):
        assert ours == theirs
    else:
        assert ours[0][:3] == theirs[0][:3] == (b"", None, False)
    if not given:
        assert (len(written) == 1) == is_whole or theirs[0][1] is not None


def test_a_peer_that_does_not_read_is_waited_for() -> None:
    async def story() -> None:
        wire: Any = Wire()
        flow = FlowControl(wire)
        flow.pause_writing()
        cycle = RequestResponseCycle(
            scope={"type": "http", "method": "POST"},  # type: ignore[typeddict-item]
            transport=wire,
            flow=flow,
            logger=logging.getLogger("tests"),
            access_logger=logging.getLogger("tests"),
            access_log=False,
            default_headers=[],
            message_event=asyncio.Event(),
            expect_100_continue=False,
            keep_alive=True,
            on_response=lambda: None,
        )
        send = AnswerAtOnce(cycle, wire)
        await send(_start(LENGTH))
        sending = asyncio.create_task(send(_body(b"{}")))
        await asyncio.sleep(0)
        assert (wire.written, cycle.response_complete) == ([], False)

        flow.resume_writing()
        await sending

        assert (len(wire.written), cycle.response_complete) == (1, True)

    asyncio.run(story())
