"""What keeps the parts of the service running: the loop of the engine on a thread, the loop of HTTP."""

from fairlead.adapters.serving.child import Child, fork_child
from fairlead.adapters.serving.demo_place import (
    add_demo_keys,
    forget_demo,
    is_funded,
    note_funded,
    open_demo_place,
)
from fairlead.adapters.serving.door import Door
from fairlead.adapters.serving.engine_thread import EngineThread
from fairlead.adapters.serving.front_end_key import USERS_FROM, Purpose, find_key, make_keys
from fairlead.adapters.serving.http_server import HttpServer, listen
from fairlead.adapters.serving.log_identity import log_identity
from fairlead.adapters.serving.own_certificate import trust_only
from fairlead.adapters.serving.runtime import settle

__all__ = [
    "USERS_FROM",
    "Child",
    "Door",
    "EngineThread",
    "HttpServer",
    "Purpose",
    "add_demo_keys",
    "find_key",
    "forget_demo",
    "fork_child",
    "is_funded",
    "listen",
    "log_identity",
    "make_keys",
    "note_funded",
    "open_demo_place",
    "settle",
    "trust_only",
]
