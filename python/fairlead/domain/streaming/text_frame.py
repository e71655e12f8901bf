"""A text as the frame of RFC 6455 by which a server sends it: the same bytes for everybody."""

from typing import Final

__all__ = ["text_frame"]

_TEXT: Final = 0x81
_SHORT_MAX, _MIDDLE_MAX = 125, 65_535
_MIDDLE, _LONG = 126, 127


def text_frame(text: bytes) -> bytes:
    """Return the frame of a text in UTF-8: whole, not masked, not compressed."""
    length = len(text)
    if length <= _SHORT_MAX:
        return bytes((_TEXT, length)) + text
    if length <= _MIDDLE_MAX:
        return bytes((_TEXT, _MIDDLE)) + length.to_bytes(2, "big") + text
    return bytes((_TEXT, _LONG)) + length.to_bytes(8, "big") + text
