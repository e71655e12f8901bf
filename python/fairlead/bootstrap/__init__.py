"""The service put together from a configuration, in one process or more: the only package that knows every adapter."""

from collections.abc import Callable, Coroutine
from typing import Any

from fairlead.adapters.machine.allocator import map_large_buffers
from fairlead.bootstrap.addresses import Addresses
from fairlead.bootstrap.checked import NOT_YET
from fairlead.bootstrap.shared import share
from fairlead.bootstrap.whole import PARTS, serve
from fairlead.bootstrap.worker import WORKER_PARTS
from fairlead.errors import UsageError
from fairlead.settings import Loaded

__all__ = ["NOT_YET", "PARTS", "WORKER_PARTS", "Addresses", "begin", "serve"]


def begin(
    loaded: Loaded, *, on_ready: Callable[[Addresses], None], with_demo: bool = False
) -> Coroutine[Any, Any, None] | None:
    """Return what this process has to do; ``None`` where it began others, and they are through.

    Raises:
        UsageError: a demo in front of an engine that runs by itself. See ``serve`` and ``share`` for the rest.
    """
    address = loaded.settings.engine.address
    if with_demo and address:
        raise UsageError(f"--demo runs an engine of its own: engine.address={address}; leave one of them out")
    map_large_buffers()
    if loaded.settings.server.workers > 1:
        return share(loaded, on_ready=on_ready, with_demo=with_demo)
    return serve(loaded, on_ready=on_ready, with_demo=with_demo)
