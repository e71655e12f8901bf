"""What a process of the service sets once: when the interpreter looks for garbage, what the allocator gives back."""

import contextlib
import ctypes
import gc
from typing import Final

__all__ = ["settle"]

# Objects with references that are made beyond those that went, until the youngest are looked at; then how many looks
# until the next generation is. Most of what a request makes goes with it: a look finds nothing, and one at everything
# that is kept, tens of thousands of orders, holds up every request for as long as it takes.
_YOUNG, _MIDDLE, _OLD = 50_000, 20, 100
# Buffers of this size or more are mappings of their own and go back to the system with it. Left to itself the allocator
# raises the size to that of the largest buffer that was freed, up to 32 MiB; snapshots then leave memory in pieces, and
# the process grows for as long as the pieces fit badly.
_MAPPED_FROM_BYTES: Final = 512 * 1024
# M_MMAP_THRESHOLD of <malloc.h>, glibc.
_THRESHOLD: Final = -3


def settle() -> None:
    """Set what a service needs, once it is put together: what is there by then stays to the end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
    # Other allocators do without it.
    with contextlib.suppress(AttributeError):
        ctypes.CDLL(None).mallopt(_THRESHOLD, _MAPPED_FROM_BYTES)
