"""Answers that repeat: a tag of their content, and 304 to who has that content already."""

import hashlib
from typing import Any, TypeVar

import msgspec
from litestar import MediaType, Request, Response

__all__ = ["tagged"]

T = TypeVar("T")
_TAG_LENGTH = 32


def tagged(request: Request[Any, Any, Any], answer: T) -> Response[T]:
    """Return an answer with its ``ETag``; without its content where ``If-None-Match`` names it."""
    content = msgspec.json.encode(answer)
    tag = f'"{hashlib.sha256(content).hexdigest()[:_TAG_LENGTH]}"'
    asked = {part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")}
    if tag in asked or "*" in asked:
        unchanged: Response[Any] = Response(None, status_code=304, headers={"ETag": tag})
        return unchanged
    # The bytes that the tag is of, not made a second time.
    whole: Response[Any] = Response(content, media_type=MediaType.JSON, headers={"ETag": tag})
    return whole
