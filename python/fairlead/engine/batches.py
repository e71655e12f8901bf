"""Batches with NumPy where the caller has it, and with plain buffers where not. Never imports NumPy by itself."""

import sys
from typing import TYPE_CHECKING, Any

from fairlead.errors import WrongTypeError
from fairlead.model.batch import COMMAND_FIELDS, EVENT_FIELDS

if TYPE_CHECKING:
    from typing_extensions import Buffer


def as_records(commands: "Buffer") -> "Buffer":
    """Return the bytes of a batch.

    Raises:
        WrongTypeError: it is no buffer, or an array of another dtype or shape.
    """
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(commands, numpy.ndarray):
        if commands.dtype != numpy.dtype(COMMAND_FIELDS) or commands.ndim != 1:
            raise WrongTypeError(
                f"commands has dtype {commands.dtype} and shape {commands.shape}; "
                "give a one-dimensional array of numpy.dtype(fairlead.model.batch.COMMAND_FIELDS)"
            )
        flat: Buffer = numpy.ascontiguousarray(commands).view(numpy.uint8)
        return flat
    try:
        return memoryview(commands).cast("B")
    except TypeError as error:
        raise WrongTypeError(f"commands is a {type(commands).__name__}: {error}; give a contiguous buffer") from None


def events_like(commands: "Buffer", events: bytes) -> Any:
    """Return event records in the caller's own kind: an array for an array, bytes for any other buffer."""
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(commands, numpy.ndarray):
        return numpy.frombuffer(events, dtype=numpy.dtype(EVENT_FIELDS))
    return events
