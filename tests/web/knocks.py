"""The request for a live connection, as an application hears it, and how it is answered."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import unquote

import msgspec
from litestar.types import ASGIApp

Headers = Sequence[tuple[str, str]]


class Answer(NamedTuple):
    """What a request for a live connection was answered with; 101: it was opened, and ``end`` says how it ended."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    end: tuple[int, str] = (0, "")
    heard: Sequence[dict[str, Any]] = ()

    @property
    def answers(self) -> list[dict[str, Any]]:
        """What was answered to each thing that was said."""
        return [message for message in self.heard if message["type"] in {"RESPONSE", "ERROR"}]

    @property
    def problem(self) -> dict[str, Any]:
        found: dict[str, Any] = msgspec.json.decode(self.body)
        return found


async def knock(
    app: ASGIApp,
    path: str = "/ws",
    headers: Headers = (),
    *,
    scheme: str = "ws",
    say: Sequence[object] = (),
    until: str | None = None,
) -> Answer:
    """Ask for a live connection; where it is opened, say something, and leave once that is answered.

    With ``until`` it leaves when it has heard a message of that type.
    """
    said: list[dict[str, Any]] = []
    leave = {"type": "websocket.disconnect", "code": 1005}
    pipe = _Pipe(lambda kind: waiting.put_nowait(leave) if kind == until else None)
    waiting = asyncio.Queue[dict[str, Any]]()
    waiting.put_nowait({"type": "websocket.connect"})

    async def send(message: Any) -> None:
        said.append(message)
        if message["type"] == "websocket.accept":
            for one in say:
                waiting.put_nowait({"type": "websocket.receive", "text": msgspec.json.encode(one).decode()})
            if until is None:
                waiting.put_nowait(leave)

    scope: Any = {
        "type": "websocket",
        "scheme": scheme,
        "path": unquote(path),
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
        "subprotocols": [],
        "state": {},
        "extensions": {"websocket.http.response": {}, "fairlead.pipe": pipe},
    }
    receive: Any = waiting.get
    await app(scope, receive, send)
    return _answer(said, pipe)


def _answer(said: Sequence[Mapping[str, Any]], pipe: "_Pipe") -> Answer:
    first = said[0]
    if first["type"] == "websocket.accept":
        return Answer(101, {}, b"", pipe.end, pipe.heard)
    if first["type"] == "websocket.close":
        # As a server says it to whom it has not let in.
        return Answer(403, {}, b"")
    assert [message["type"] for message in said[1:]] == ["websocket.http.response.body"]
    headers = {name.decode(): value.decode() for name, value in first["headers"]}
    return Answer(first["status"], headers, said[1]["body"])


class _Pipe:
    """Takes every frame, and keeps how it ends."""

    def __init__(self, note: Callable[[str], None]) -> None:
        self._note = note
        self.end = (0, "")
        self.heard: list[dict[str, Any]] = []

    def write_now(self, frame: bytes) -> bool:
        self.heard.append(msgspec.json.decode(frame[frame.index(b"{") :]))
        self._note(self.heard[-1]["type"])
        return True

    async def write(self, frame: bytes) -> None:
        self.write_now(frame)

    async def close(self, code: int, reason: str) -> None:
        self.end = (code, reason)
