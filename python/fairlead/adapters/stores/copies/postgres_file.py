"""The tables of a PostgreSQL store in one file: a zip of what ``COPY`` says of each, and which form they have."""

import os
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import psycopg
from msgspec import Struct
from psycopg import sql

from fairlead.errors import DataError

__all__ = ["Contents", "CopiedTable", "read_contents", "read_into", "write_from"]

_CONTENTS: Final = "contents.json"
_CHUNK_BYTES: Final = 1_048_576


class CopiedTable(Struct, frozen=True, forbid_unknown_fields=True):
    """One table: its name, and its columns in the order in which their values are written."""

    name: str
    columns: tuple[str, ...]


class Contents(Struct, frozen=True, forbid_unknown_fields=True):
    """What the file holds: the last change of tables that was applied, and the tables, those others refer to first."""

    revision: str
    tables: tuple[CopiedTable, ...]


def write_from(view: psycopg.Connection[Any], contents: Contents, target: Path) -> None:
    """Copy what a view shows of the tables into a file of mode 600 that is not there yet.

    Raises:
        OSError: it cannot be written.
        psycopg.Error: the tables cannot be read.
    """
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy:
        copy.writestr(_CONTENTS, msgspec.json.encode(contents))
        for table in contents.tables:
            # A partitioned table is read through a query only.
            of_it = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT").format(_names(table.columns), _name(table.name))
            with copy.open(table.name, "w", force_zip64=True) as member, view.cursor().copy(of_it) as rows:
                for data in rows:
                    member.write(data)


def read_contents(source: Path) -> Contents:
    """Return what a file holds.

    Raises:
        DataError: it is no such file.
    """
    try:
        with zipfile.ZipFile(source) as copy:
            contents = msgspec.json.decode(copy.read(_CONTENTS), type=Contents)
            names = copy.namelist()
    except (zipfile.BadZipFile, KeyError, msgspec.MsgspecError) as error:
        raise DataError(f"the store of the backup cannot be read: {error}") from None
    if names != [_CONTENTS, *(table.name for table in contents.tables)]:
        raise DataError(f"the store of the backup does not hold the tables it speaks of: files={names}")
    return contents


def read_into(store: psycopg.Connection[Any], contents: Contents, source: Path) -> None:
    """Put the rows of a file into tables of its form; what is in them is taken away first.

    Raises:
        psycopg.Error: the rows do not fit the tables.
    """
    names = sql.SQL(", ").join(_name(table.name) for table in contents.tables)
    with store.cursor() as cursor, zipfile.ZipFile(source) as copy:
        cursor.execute(sql.SQL("TRUNCATE {}").format(names))
        for table in contents.tables:
            into = sql.SQL("COPY {} ({}) FROM STDIN").format(_name(table.name), _names(table.columns))
            with copy.open(table.name) as member, cursor.copy(into) as rows:
                while data := member.read(_CHUNK_BYTES):
                    rows.write(data)


def _name(name: str) -> sql.Identifier:
    return sql.Identifier(name)


def _names(names: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(_name, names))
