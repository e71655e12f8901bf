"""How often the interpreter of a service looks for garbage."""

import gc

__all__ = ["settle"]

# Objects with references that are made beyond those that went, until the youngest are looked at; then how many looks
# until the next generation is. Most of what a request makes goes with it: a look finds nothing, and one at everything
# that is kept, tens of thousands of orders, holds up every request for as long as it takes.
_YOUNG, _MIDDLE, _OLD = 50_000, 20, 100


def settle() -> None:
    """Set what a service needs, once it is put together: what is there by then stays to the end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
