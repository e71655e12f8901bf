"""``/api-keys``: the keys that the machines of a user sign with."""

from typing import Annotated, Final

from litestar import delete, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody, PathParameter
from msgspec import UNSET

from fairlead.domain.access.roles import Permission
from fairlead.web.identity import needs
from fairlead.web.services import Asker, Given
from fairlead.web.wire import KeyList, KeyWish, KeyWithSecret, key_line, key_with_secret

__all__ = ["ROUTES"]

_NS_PER_MS: Final = 1_000_000
_OWN_KEYS: Final = needs(Permission.MANAGE_OWN_KEYS, account=False)


@get("/api-keys", opt=_OWN_KEYS, summary="The keys of who asks")
async def list_keys(caller: Asker, services: Given) -> KeyList:
    """Also those that were revoked, oldest first; never a secret."""
    return KeyList(keys=[key_line(key) for key in await services.desk.list_keys(caller)])


@post("/api-keys", status_code=201, opt=_OWN_KEYS, summary="Make a key; its secret is shown this once")
async def create_key(data: JSONBody[KeyWish], caller: Asker, services: Given) -> KeyWithSecret:
    """A key cannot make keys, and has no scope that its owner has not."""
    ends_ns = None if data.expires_at is UNSET else data.expires_at * _NS_PER_MS
    made = await services.desk.create(caller, name=data.name, scopes=data.scopes, expires_ts_ns=ends_ns)
    return key_with_secret(made)


@delete("/api-keys/{key_id:str}", status_code=204, opt=_OWN_KEYS, summary="Take a key back")
async def revoke_key(key_id: Annotated[str, PathParameter(max_length=64)], caller: Asker, services: Given) -> None:
    """Another's key is answered like one that does not exist."""
    await services.desk.revoke(caller, key_id)


ROUTES: Final[tuple[HTTPRouteHandler, ...]] = (list_keys, create_key, revoke_key)
