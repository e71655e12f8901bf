"""A service of several processes, put together from a configuration: what each of them has to do."""

import asyncio
import os
import signal
import socket
from collections.abc import Callable, Coroutine
from typing import Any, Final

import msgspec

from fairlead.adapters.serving import listen, settle
from fairlead.bootstrap.addresses import Addresses
from fairlead.bootstrap.checked import begin_log
from fairlead.bootstrap.crew import Crew, Forked
from fairlead.bootstrap.crew_words import READY, LeaderReady
from fairlead.bootstrap.demo import aliases_of
from fairlead.bootstrap.house import House
from fairlead.bootstrap.parts import standing
from fairlead.bootstrap.whole import ended_by, parts_of
from fairlead.bootstrap.worker import work
from fairlead.settings import Loaded

__all__ = ["share"]

# The exit code of a worker whose parent is gone; nobody reads it.
_ORPHANED: Final = 5


def share(
    loaded: Loaded, *, on_ready: Callable[[Addresses], None], with_demo: bool = False
) -> Coroutine[Any, Any, None] | None:
    """Fork the processes of a service; return in each what it has to do, and ``None`` where all is done.

    Call it before there is any thread.

    Args:
        loaded: the configuration.
        on_ready: hears the addresses once every worker answers.
        with_demo: whether seeded agents trade, in a data directory of their own.

    Raises:
        SettingsError: a setting asks for what this version cannot do.
        UnavailableError: the port of HTTP is taken.
        SystemExit: in the process that began the others, where one of them could not go on; it said why.
    """
    begin_log(loaded)
    server = loaded.settings.server
    listening = listen(server.host, server.port)
    host, port = listening.getsockname()[:2]

    def say_ready(leader: LeaderReady) -> None:
        on_ready(Addresses(http=(host, port), gateway=leader.gateway, people=leader.people()))

    crew = Crew(listening, workers=server.workers, grace_s=server.shutdown_grace_s, on_ready=say_ready)
    try:
        code = crew.run()
    except Forked as forked:
        # The interrupt of a terminal reaches every process; whoever began them passes it on, in its order.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if forked.leader is None:
            return _lead(loaded, forked.channel, with_demo=with_demo)
        return _work(loaded, forked, forked.leader, listening, with_demo=with_demo)
    if code:
        raise SystemExit(code)
    return None


async def _lead(loaded: Loaded, channel: socket.socket, *, with_demo: bool) -> None:
    """Run all of the service but HTTP."""
    aliases = aliases_of(with_demo=with_demo)
    house = House(loaded=loaded, ended=_ended_with(channel), with_demo=with_demo, aliases=aliases)
    async with standing(house, parts_of(loaded.settings)):
        settle()
        assert house.begun_ns is not None, "all of it has begun"
        ready = LeaderReady.of(house.gateway, house.people, begun_ns=house.begun_ns)
        channel.sendall(msgspec.json.encode(ready) + b"\n")
        await house.ended.wait()
    house.check_engine()


async def _work(
    loaded: Loaded, forked: Forked, leader: LeaderReady, listening: socket.socket, *, with_demo: bool
) -> None:
    """Answer HTTP."""
    # Whoever is begun next on this directory has the keys of this worker: it is gone before that.
    asyncio.get_running_loop().add_reader(forked.channel, os._exit, _ORPHANED)
    await work(
        loaded,
        seat=forked.seat,
        aliases=aliases_of(with_demo=with_demo),
        gateway=leader.gateway,
        begun_ns=leader.begun_ns,
        listening=listening,
        ended=ended_by(signal.SIGTERM),
        on_ready=lambda: forked.channel.sendall(READY + b"\n"),
    )


def _ended_with(channel: socket.socket) -> asyncio.Event:
    """Return what is set when somebody says the end, or when the process that began this one is gone."""
    ended, loop = ended_by(signal.SIGTERM), asyncio.get_running_loop()

    def end() -> None:
        loop.remove_reader(channel)
        ended.set()

    # Nothing is ever said on it: that it can be read is its end.
    loop.add_reader(channel, end)
    return ended
