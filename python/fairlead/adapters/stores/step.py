"""Rows in and out through a connection of the driver: the same words for SQLite and PostgreSQL.

Statements are written with ``?`` for each value. A row is a tuple in the order of its table's columns, its values as
the store keeps them (``exact.written``).
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec
from sqlalchemy import Column, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect

if TYPE_CHECKING:
    import psycopg

__all__ = ["PostgresStep", "Row", "SqliteStep", "Step", "names_of"]

Row = tuple[Any, ...]

# Rows of one statement, in powers of two, so that few texts are enough: each statement gives other threads of the
# interpreter a turn, and gets it back when they say so.
_AT_ONCE: Final = tuple(2**power for power in range(8, -1, -1))

_POSTGRES: Final[Dialect] = postgresql.dialect()  # type: ignore[no-untyped-call]

_rows: Final = msgspec.json.Decoder(list[Row]).decode


class Step(Protocol):
    """What one act reads and writes with.

    Attributes:
        errors: what the driver raises where the store does not do it.
        contradictions: what it raises of these where a row contradicts another.
        has_partitions: whether tables that grow with time have them.
    """

    has_partitions: bool
    errors: tuple[type[Exception], ...]
    contradictions: tuple[type[Exception], ...]

    def rows(self, text: str, values: Sequence[object] = (), /) -> list[Row]:
        """Return what a query finds."""
        ...

    def page(self, columns: str, text: str, values: Sequence[object], /) -> list[Row]:
        """Return the same rows as ``SELECT columns FROM text``, for many of them.

        Args:
            columns: their names.
            text: what follows: a table, which rows, in what order.
            values: of the text.
        """
        ...

    def execute(self, text: str, values: Sequence[object] = (), /) -> None:
        """Change rows."""
        ...

    def any_of(self, text: str, keys: Sequence[Row], /) -> list[Row]:
        """Return what a query finds that ends with ``IN``, with rows of values after it."""
        ...

    def remove(self, text: str, keys: Sequence[Row], /) -> None:
        """Delete what a statement names that ends with ``IN``, with rows of values after it."""
        ...

    def add(self, table: Table, rows: Sequence[Row], /) -> None:
        """Insert rows, none of which is there."""
        ...

    def put(self, table: Table, rows: Sequence[Row], /, *, fixed: frozenset[str] = frozenset()) -> None:
        """Insert rows, or bring those that are there by their primary key to these values. No key may come twice.

        Args:
            table: where.
            rows: what; none is no statement.
            fixed: columns that never change once a row is there.
        """
        ...

    def step(self) -> AbstractContextManager[None]:
        """Begin a step; it ends with the block, or is taken back where the block raises."""
        ...

    def view(self) -> AbstractContextManager[None]:
        """Begin to read."""
        ...

    def is_lost(self) -> bool:
        """Whether the connection cannot be used any more."""
        ...

    def close(self) -> None:
        """Close the connection."""
        ...


class SqliteStep:
    """A connection to SQLite.

    Args:
        connection: without transactions of its own.
    """

    errors: tuple[type[Exception], ...] = (sqlite3.Error,)
    contradictions: tuple[type[Exception], ...] = (sqlite3.IntegrityError,)
    has_partitions: bool = False

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, text: str, values: Sequence[object] = (), /) -> list[Row]:
        """Return what a query finds."""
        return self._connection.execute(text, values).fetchall()

    def page(self, columns: str, text: str, values: Sequence[object], /) -> list[Row]:
        """Return many rows as one: each row alone would give the interpreter away and wait for its turn again."""
        inner = f"SELECT {columns} FROM {text}"
        ((rows,),) = self.rows(f"SELECT json_group_array(json_array({columns})) FROM ({inner})", values)
        return _rows(rows)

    def execute(self, text: str, values: Sequence[object] = (), /) -> None:
        """Change rows."""
        self._connection.execute(text, values)

    def any_of(self, text: str, keys: Sequence[Row], /) -> list[Row]:
        """Return what a query finds that ends with ``IN``, with rows of values after it."""
        found: list[Row] = []
        for chunk in _chunks(keys):
            found += self.rows(f"{text} (VALUES {_marks(len(chunk), len(chunk[0]))})", list(chain.from_iterable(chunk)))
        return found

    def remove(self, text: str, keys: Sequence[Row], /) -> None:
        """Delete what a statement names that ends with ``IN``, with rows of values after it."""
        for chunk in _chunks(keys):
            self.execute(f"{text} (VALUES {_marks(len(chunk), len(chunk[0]))})", list(chain.from_iterable(chunk)))

    def add(self, table: Table, rows: Sequence[Row], /) -> None:
        """Insert rows, none of which is there."""
        for chunk in _chunks(rows):
            self._connection.execute(_insert(table, len(chunk)), list(chain.from_iterable(chunk)))

    def put(self, table: Table, rows: Sequence[Row], /, *, fixed: frozenset[str] = frozenset()) -> None:
        """Insert rows, or bring those that are there by their primary key to these values."""
        for chunk in _chunks(rows):
            self._connection.execute(_upsert(table, len(chunk), fixed), list(chain.from_iterable(chunk)))

    @contextmanager
    def step(self) -> Iterator[None]:
        """Begin a step with the right to write."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            self._connection.rollback()
            raise

    @contextmanager
    def view(self) -> Iterator[None]:
        """Begin to read: all statements see the same."""
        self._connection.execute("BEGIN")
        try:
            yield
        finally:
            self._connection.rollback()

    def is_lost(self) -> bool:
        """Whether the connection cannot be used any more: a file stays."""
        return False

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


class PostgresStep:
    """A connection to PostgreSQL.

    Args:
        connection: one that commits by itself.
    """

    has_partitions: bool = True

    def __init__(self, connection: "psycopg.Connection[Row]") -> None:
        # Only who has a store of this kind needs its driver.
        import psycopg

        self.errors: tuple[type[Exception], ...] = (psycopg.Error,)
        self.contradictions: tuple[type[Exception], ...] = (psycopg.IntegrityError,)
        self._connection = connection

    def rows(self, text: str, values: Sequence[object] = (), /) -> list[Row]:
        """Return what a query finds."""
        return self._connection.execute(_dialect(text), values).fetchall()

    def page(self, columns: str, text: str, values: Sequence[object], /) -> list[Row]:
        """Return many rows: they come in one message."""
        return self.rows(f"SELECT {columns} FROM {text}", values)

    def execute(self, text: str, values: Sequence[object] = (), /) -> None:
        """Change rows."""
        self._connection.execute(_dialect(text), values)

    def any_of(self, text: str, keys: Sequence[Row], /) -> list[Row]:
        """Return what a query finds that ends with ``IN``, with rows of values after it."""
        found: list[Row] = []
        for chunk in _chunks(keys):
            found += self.rows(f"{text} ({_marks(len(chunk), len(chunk[0]))})", list(chain.from_iterable(chunk)))
        return found

    def remove(self, text: str, keys: Sequence[Row], /) -> None:
        """Delete what a statement names that ends with ``IN``, with rows of values after it."""
        for chunk in _chunks(keys):
            self.execute(f"{text} ({_marks(len(chunk), len(chunk[0]))})", list(chain.from_iterable(chunk)))

    def add(self, table: Table, rows: Sequence[Row], /) -> None:
        """Insert rows, none of which is there."""
        if not rows:
            return
        with self._connection.cursor().copy(f"COPY {table.name} ({names_of(table)}) FROM STDIN".encode()) as copy:
            for row in rows:
                copy.write_row(row)

    def put(self, table: Table, rows: Sequence[Row], /, *, fixed: frozenset[str] = frozenset()) -> None:
        """Insert rows, or bring those that are there by their primary key to these values."""
        if rows:
            columns = [list(column) for column in zip(*rows, strict=True)]
            self._connection.execute(_upsert_columns(table, fixed), columns)

    @contextmanager
    def step(self) -> Iterator[None]:
        """Begin a step."""
        with self._connection.transaction():
            yield

    @contextmanager
    def view(self) -> Iterator[None]:
        """Begin to read: each statement sees what there is."""
        yield

    def is_lost(self) -> bool:
        """Whether the connection cannot be used any more."""
        return bool(self._connection.closed)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def _chunks(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    begin, left = 0, len(rows)
    for count in _AT_ONCE:
        while left >= count:
            yield rows[begin : begin + count]
            begin, left = begin + count, left - count


@cache
def _dialect(text: str) -> bytes:
    return text.replace("?", "%s").encode()


@cache
def _marks(count: int, width: int) -> str:
    return ",".join(["(" + ",".join("?" * width) + ")"] * count)


@cache
def names_of(table: Table) -> str:
    """Return the columns of a table, for a text."""
    return ", ".join(column.name for column in table.columns)


@cache
def _insert(table: Table, count: int) -> str:
    return f"INSERT INTO {table.name} ({names_of(table)}) VALUES {_marks(count, len(table.columns))}"


@cache
def _upsert(table: Table, count: int, fixed: frozenset[str]) -> str:
    return f"{_insert(table, count)} {_changes(table, fixed)}"


@cache
def _upsert_columns(table: Table, fixed: frozenset[str]) -> bytes:
    columns = ", ".join(f"%s::{_type(column)}[]" for column in table.columns)
    names = names_of(table)
    return f"INSERT INTO {table.name} ({names}) SELECT * FROM unnest({columns}) {_changes(table, fixed)}".encode()


def _type(column: Column[Any]) -> str:
    return column.type.compile(_POSTGRES)


def _changes(table: Table, fixed: frozenset[str]) -> str:
    key = [column.name for column in table.primary_key]
    changed = [column.name for column in table.columns if column.name not in fixed and column.name not in key]
    values = ", ".join(f"{name} = excluded.{name}" for name in changed)
    return f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {values}"
