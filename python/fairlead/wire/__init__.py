"""The binary protocol in Python: messages to bytes and back, frames, arrays. No I/O happens here.

The layouts are those of ``docs/reference/wire-layout.md``; ``layout.json`` is made from the same tables.
"""

from fairlead.wire.codec import Message, decode, encode
from fairlead.wire.error import WireError
from fairlead.wire.frames import Frames, frame
from fairlead.wire.table import HEADER_SIZE, LAYOUTS, VERSION, Field, Layout

__all__ = [
    "HEADER_SIZE",
    "LAYOUTS",
    "VERSION",
    "Field",
    "Frames",
    "Layout",
    "Message",
    "WireError",
    "decode",
    "encode",
    "frame",
]
