"""What the allocator of this process gives back to the system."""

import contextlib
import ctypes
from typing import Final

__all__ = ["map_large_buffers"]

# Buffers of this size or more are mappings of their own and go back to the system with it. Left to itself the allocator
# raises the size to that of the largest buffer that was freed, up to 32 MiB; snapshots then leave memory in pieces, and
# the process grows for as long as the pieces fit badly.
_MAPPED_FROM_BYTES: Final = 512 * 1024
# M_MMAP_THRESHOLD of <malloc.h>, glibc.
_THRESHOLD: Final = -3


def map_large_buffers() -> None:
    """Let the memory of large buffers go back to the system with them, here and in what is forked later."""
    # Other allocators do without it.
    with contextlib.suppress(AttributeError):
        ctypes.CDLL(None).mallopt(_THRESHOLD, _MAPPED_FROM_BYTES)
