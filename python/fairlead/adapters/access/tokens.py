"""Access tokens as signed JWTs: one algorithm for each key, keys only from our own map."""

import base64
import json
from collections.abc import Mapping
from typing import Final

import jwt
from jwt.api_jws import PyJWS

from fairlead.adapters.access.key_files import KeyRing
from fairlead.domain.access.claims import TOKEN_TYPE, BadTokenError, Fault
from fairlead.domain.access.secret import Secret
from fairlead.ports.token_signer import OpenedToken

__all__ = ["TOKEN_MAX", "JwtSigner"]

TOKEN_MAX: Final = 4_096


class JwtSigner:
    """Signs with the active key of a ring and opens what any key of it signed.

    Whatever a token says about where its key is (``jku``, ``x5u``, ``jwk``) is never read, a ``crit`` is refused, and
    the algorithm is the key's and not the token's.

    Args:
        ring: the keys.
    """

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring
        # The algorithms of the ring and no others: `none` is not among them.
        self._jws = PyJWS(algorithms=sorted({key.algorithm for key in ring.keys.values()}))

    def sign(self, payload: Mapping[str, object], /) -> Secret:
        """Return a signed token."""
        key = self._ring.active
        if key.sign is None:
            raise AssertionError("the ring refuses an active key that cannot sign")
        body = json.dumps(payload, separators=(",", ":")).encode()
        header = {"typ": TOKEN_TYPE, "kid": key.kid}
        return Secret(self._jws.encode(body, key.sign, algorithm=key.algorithm, headers=header))

    def open(self, token: Secret, /) -> OpenedToken:
        """Return what a token with a good signature says."""
        text = token.reveal()
        if len(text) > TOKEN_MAX or text.count(".") != 2 or not text.isascii():
            raise BadTokenError(Fault.FORM, "token")
        header = _object(_bytes(text.partition(".")[0]), "header")
        if "crit" in header:
            raise BadTokenError(Fault.CRITICAL, "crit")
        kid = header.get("kid")
        key = self._ring.keys.get(kid) if isinstance(kid, str) else None
        if key is None:
            raise BadTokenError(Fault.KEY, "kid")
        try:
            opened = self._jws.decode_complete(text, key.check, algorithms=[key.algorithm])
        except jwt.InvalidTokenError:
            raise BadTokenError(Fault.SIGNATURE, "signature") from None
        return OpenedToken(header=opened["header"], payload=_object(opened["payload"], "payload"))


def _bytes(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "==")
    except ValueError:
        raise BadTokenError(Fault.FORM, "header") from None


def _object(raw: bytes, part: str) -> dict[str, object]:
    try:
        found = json.loads(raw, object_pairs_hook=_once, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise BadTokenError(Fault.FORM, part) from None
    if not isinstance(found, dict):
        raise BadTokenError(Fault.FORM, part)
    return found


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name comes twice")
    return found


def _refuse(_text: str) -> object:
    raise ValueError("no number of JSON")
