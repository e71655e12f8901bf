"""Many messages of one kind as a numpy array, without a loop in Python."""

from typing import TYPE_CHECKING, Any, Final

from fairlead.wire.error import WireError
from fairlead.wire.table import HEADER_SIZE, LAYOUTS, VERSION, Field

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]
    DType = numpy.dtype[Any]

_FORMS: Final = {
    "u8": ">u1", "bool": "?", "u16": ">u2", "count": ">u2", "u32": ">u4", "u64": ">u8",
    "i32": ">i4", "i64": ">i8", "price": ">i8", "qty": ">i8",
}  # fmt: skip
_HEADER: Final = (
    ("header.kind", 0, "u1"),
    ("header.version", 1, "u1"),
    ("header.block_len", 2, ">u2"),
    ("header.session", 4, ">u4"),
    ("header.seq", 8, ">u8"),
)


def _form(row: Field) -> str:
    if row.form in _FORMS:
        return _FORMS[row.form]
    if row.form in {"code", "mask"}:
        return f">u{row.size}"
    return f"S{row.size}" if row.form == "text" else f"V{row.size}"


def dtype(kind: str) -> "DType":
    """The dtype of whole messages of a kind without a list, the header's fields first (``header.seq``).

    Numbers stay big-endian (``>i8``); texts are ``S36``; amounts of 16 bytes are the signed high half under the
    field's name and the unsigned low half under it with ``.low``.

    Args:
        kind: as in ``NewOrder``.

    Raises:
        WireError: no such kind, or one with a list.
    """
    import numpy

    layout = LAYOUTS.get(kind)
    if layout is None or layout.entry:
        raise WireError("UnknownKind", "kind", at=0, value=kind, limit="a kind without a list")
    fields = [*_HEADER]
    for row in layout.fields:
        at = HEADER_SIZE + row.offset
        if row.form in {"i128", "money"}:
            fields += [(row.name, at, ">i8"), (f"{row.name}.low", at + 8, ">u8")]
        else:
            fields.append((row.name, at, _form(row)))
    return numpy.dtype(
        {
            "names": [name for name, _, _ in fields],
            "offsets": [offset for _, offset, _ in fields],
            "formats": [form for _, _, form in fields],
            "itemsize": HEADER_SIZE + layout.size,
        }
    )


def read(kind: str, data: bytes | bytearray | memoryview) -> "Array":
    """Messages of one kind that lie one after the other, as a structured array over the same memory.

    Args:
        kind: as in ``ExecutionReport``.
        data: whole messages without the lengths in front of them.

    Returns:
        shape (n_messages,), dtype ``dtype(kind)``. Codes and presence masks are numbers; what they mean is not checked,
        unlike in ``decode``.

    Raises:
        WireError: the bytes are not whole messages of this kind and version.
    """
    import numpy

    layout = LAYOUTS.get(kind)
    form = dtype(kind)
    if len(data) % form.itemsize:
        raise WireError("BlockLength", "data", at=0, value=len(data), limit=f"a multiple of {form.itemsize}")
    messages = numpy.frombuffer(data, dtype=form)
    block_len = form.itemsize - HEADER_SIZE
    wanted = (("kind", layout.code if layout else 0), ("version", VERSION), ("block_len", block_len))
    for name, value in wanted:
        wrong = numpy.flatnonzero(messages[f"header.{name}"] != value)
        if wrong.size:
            first = int(wrong[0])
            found = int(messages[f"header.{name}"][first])
            raise WireError("UnknownKind", name, at=first * form.itemsize, value=found, limit=value)
    return messages
