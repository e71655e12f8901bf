"""Read text rows from plain, gzip or xz files, and say which row is wrong and why.

Rows are counted from 1; a header is row 0. Each row must end with an end of line where the format's files do, so that
a file cut in the middle of a number is not taken for a shorter number.
"""

from __future__ import annotations

import gzip
import io
import lzma
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, TypeVar

from fairlead.domain.market_replay.errors import RecordingError

Record = TypeVar("Record")

LINE_BYTES_MAX = 65_536
INTEGER_MAX = 1 << 60

_GZIP_MAGIC = b"\x1f\x8b"
_XZ_MAGIC = b"\xfd7zXZ\x00"


def _open_bytes(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        magic = file.read(6)
    if magic.startswith(_XZ_MAGIC):
        return lzma.open(path, "rb")
    if magic.startswith(_GZIP_MAGIC):
        return io.BufferedReader(gzip.open(path, "rb"))
    return path.open("rb")


def lines(path: Path, *, first_row: int, ends_with_newline: bool) -> Iterator[str]:
    """Yield the lines of a file without their ends; the first one is row ``first_row`` (0 for a header).

    Raises:
        RecordingError: the file cannot be read or is empty, is compressed and cut, is no text, or its last line has no
            end although ``ends_with_newline`` says it must.
    """
    row = first_row
    is_empty = True
    try:
        with _open_bytes(path) as file:
            while raw := file.readline(LINE_BYTES_MAX):
                if len(raw) == LINE_BYTES_MAX:
                    raise _wrong(path, row=row, why=f"line longer than {LINE_BYTES_MAX} bytes")
                if ends_with_newline and not raw.endswith(b"\n"):
                    raise _wrong(path, row=row, why="cut: the last line has no end of line")
                yield raw.decode("ascii").rstrip("\r\n")
                is_empty = False
                row += 1
    except UnicodeDecodeError as error:
        raise _wrong(path, row=row, why=f"not text: byte {error.object[error.start]:#04x}") from None
    except (EOFError, lzma.LZMAError, zlib.error, gzip.BadGzipFile) as error:
        raise _wrong(path, row=row, why=f"cut or damaged: {error}") from None
    except OSError as error:
        raise RecordingError(str(path), row=None, why=error.strerror or str(error)) from None
    if is_empty:
        raise RecordingError(str(path), row=None, why="the file is empty")


def _wrong(path: Path, *, row: int, why: str) -> RecordingError:
    return RecordingError(str(path), row=row, why=why)


def header_of(path: Path) -> str:
    """Return the first line of a file, to recognise its format.

    Raises:
        RecordingError: the file cannot be read.
    """
    return next(lines(path, first_row=0, ends_with_newline=False))


def parsed_rows(
    path: Path, *, header: str | None, columns: int, parse: Callable[[int, list[str]], Record]
) -> Iterator[Record]:
    """Yield one record per comma-separated row.

    Args:
        path: the file.
        header: the exact first line, ``None`` where the format has none (and then no final end of line either).
        columns: how many fields each row has.
        parse: turns ``(row, fields)`` into a record; raises ``ValueError`` with the reason.

    Raises:
        RecordingError: names file, row and reason.
    """
    rows = lines(path, first_row=1 if header is None else 0, ends_with_newline=header is not None)
    if header is not None and (found := next(rows)) != header:
        raise RecordingError(str(path), row=0, why=f"header is not this format's: {found[:60]!r}")
    row = 0
    for row, line in enumerate(rows, start=1):
        fields = line.split(",")
        if len(fields) != columns:
            raise RecordingError(str(path), row=row, why=f"{len(fields)} columns, expected {columns}")
        try:
            record = parse(row, fields)
        except ValueError as error:
            raise RecordingError(str(path), row=row, why=str(error)) from None
        yield record
    if row == 0:
        raise RecordingError(str(path), row=None, why="the file has no rows")


def whole(text: str, *, name: str) -> int:
    """Return a whole number >= 0 written in plain digits.

    Raises:
        ValueError: names the field and the text found.
    """
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f"{name} is not a whole number: {text[:40]!r}")
    if len(text) > 19 or (number := int(text)) > INTEGER_MAX:
        raise ValueError(f"{name} is too large: {text[:40]}")
    return number


def positive(text: str, *, name: str) -> int:
    """Return a whole number > 0.

    Raises:
        ValueError: names the field and the text found.
    """
    number = whole(text, name=name)
    if number == 0:
        raise ValueError(f"{name} is zero")
    return number


def scaled(text: str, *, name: str, places: int) -> int:
    """Return a decimal >= 0 times ``10**places``, exactly.

    Raises:
        ValueError: the text is no plain decimal, or has more than ``places`` significant places.
    """
    integer, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0")
    if len(fraction) > places:
        raise ValueError(f"{name} has more than {places} decimal places: {text[:40]!r}")
    if not (integer.isascii() and integer.isdigit()) or not (
        fraction == "" or (fraction.isascii() and fraction.isdigit())
    ):
        raise ValueError(f"{name} is not a decimal number: {text[:40]!r}")
    return whole(integer + fraction.ljust(places, "0"), name=name)


def ticks(price: int, *, step: int, name: str) -> int:
    """Return a price in whole ticks of ``step`` price units.

    Raises:
        ValueError: the price is off the grid, or zero.
    """
    if price == 0 or price % step:
        raise ValueError(f"{name} is not a multiple of the tick: {price} of {step}")
    return price // step
