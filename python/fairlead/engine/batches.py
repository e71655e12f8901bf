"""Batches with NumPy where the caller has it, and with plain buffers where not."""

import sys
from typing import TYPE_CHECKING, Any, TypeGuard, cast

from fairlead.errors import WrongTypeError
from fairlead.model.batch import COMMAND_FIELDS, EVENT_FIELDS

if TYPE_CHECKING:
    import numpy
    from typing_extensions import Buffer

    Array = numpy.ndarray[Any, Any]


def as_records(commands: "Buffer | Array") -> "Buffer | Array":
    """Return the bytes of a batch.

    Raises:
        WrongTypeError: it is no buffer, or an array of another dtype or shape.
    """
    if _is_array(commands):
        return _flat(commands)
    try:
        return memoryview(cast("Buffer", commands)).cast("B")
    except TypeError as error:
        raise WrongTypeError(f"commands is a {type(commands).__name__}: {error}; give a contiguous buffer") from None


def events_like(commands: "Buffer | Array", events: bytes) -> "bytes | Array":
    """Return event records in the caller's own kind: an array for an array, bytes for any other buffer."""
    if not _is_array(commands):
        return events
    import numpy

    return numpy.frombuffer(events, dtype=numpy.dtype(EVENT_FIELDS))


def _is_array(commands: "Buffer | Array") -> "TypeGuard[Array]":
    """Whether it is a NumPy array; who has none has not imported NumPy, and it is not imported for him."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(commands, numpy.ndarray)


def _flat(commands: "Array") -> "Array":
    import numpy

    if commands.dtype != numpy.dtype(COMMAND_FIELDS) or commands.ndim != 1:
        raise WrongTypeError(
            f"commands has dtype {commands.dtype} and shape {commands.shape}; "
            "give a one-dimensional array of numpy.dtype(fairlead.model.batch.COMMAND_FIELDS)"
        )
    return numpy.ascontiguousarray(commands).view(numpy.uint8)
