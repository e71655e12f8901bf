"""Redis as ``fairlead doctor`` asks about it."""

from typing import Any, Final

from redis import Redis
from redis.exceptions import NoPermissionError, RedisError

from fairlead.errors import UnavailableError
from fairlead.ports.servers import ServerLook

__all__ = ["RedisServer"]


class RedisServer:
    """The cache of a configuration.

    Args:
        url: ``redis://``, ``rediss://`` or ``unix://``; it may hold a password and is not said.
        timeout_ms: an answer that takes longer counts as none, in milliseconds.
    """

    name: Final = "Redis"
    key: Final = "cache.url"

    def __init__(self, url: str, *, timeout_ms: int) -> None:
        self._url, self._timeout_ms = url, timeout_ms
        self.limit = f"answers within {timeout_ms} ms (cache.timeout_ms), takes writes"

    def look(self) -> ServerLook:
        """Connect and ask."""
        wait_s = self._timeout_ms / 1_000
        try:
            redis: Any = Redis.from_url(self._url, socket_timeout=wait_s, socket_connect_timeout=wait_s)
        except ValueError:
            raise UnavailableError("the URL cannot be read") from None
        place = redis.connection_pool.connection_kwargs
        at = place.get("path") or f"{place.get('host', 'localhost')}:{place.get('port', 6379)}"
        try:
            redis.ping()
            return _look(_info(redis), at)
        except (RedisError, OSError) as error:
            raise UnavailableError(f"at {at}: {type(error).__name__}: {error}") from None
        finally:
            redis.close()


def _info(redis: Any) -> dict[str, Any]:
    """Return what it says of itself; nothing where our name there may not ask."""
    try:
        return dict(redis.info())
    except NoPermissionError:
        return {}


def _look(info: dict[str, Any], at: str) -> ServerLook:
    version = info.get("redis_version", "answers, and does not tell its version")
    is_replica = info.get("role", "master") != "master"
    return ServerLook(about=f"{version} at {at}", obstacle="it is a replica and takes no writes" if is_replica else "")
