"""One call of the service before it is sent: what is asked, whether asking twice is asking once, what the answer is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Generic, TypeAlias, TypeVar
from urllib.parse import quote, urlencode

import msgspec

from fairlead.errors import UsageError, WrongTypeError

__all__ = ["Call", "Number", "Page", "number", "path", "query"]

T = TypeVar("T")
# A price or a quantity as it is given: never a float.
Number: TypeAlias = Decimal | int | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[T]):
    """What is asked.

    Attributes:
        method: of HTTP.
        target: path and query, escaped.
        answer: the shape of the answer; ``None``: it has no body.
        take: makes of the answer what the caller gets.
        body: what is sent as JSON; ``None``: nothing.
        is_repeatable: whether sending it again does it once.
        is_public: whether nobody needs to be known.
        named: where client order ids stand, for orders that have none yet.
    """

    method: str
    target: str
    answer: Any
    take: Callable[[Any], T]
    body: Mapping[str, Any] | None = field(default=None, repr=False)
    is_repeatable: bool = True
    is_public: bool = False
    is_named: bool = False

    def with_ids(self, new_id: Callable[[], str]) -> "Call[T]":
        """Return the call with a client order id for each order that has none: without one it could not be repeated."""
        if not self.is_named or self.body is None:
            return self
        if (orders := self.body.get("orders")) is not None:
            return replace(self, body={"orders": [_named(order, new_id) for order in orders]})
        return replace(self, body=_named(self.body, new_id))

    @property
    def client_order_ids(self) -> tuple[str, ...]:
        """The ids of the orders that are asked for."""
        if not self.is_named or self.body is None:
            return ()
        orders = self.body.get("orders", (self.body,))
        return tuple(order["clientOrderId"] for order in orders if "clientOrderId" in order)

    @property
    def is_reading(self) -> bool:
        """Whether it changes nothing."""
        return self.method == "GET"

    def content(self) -> bytes:
        """Return the body as it is sent: the same bytes each time."""
        return b"" if self.body is None else msgspec.json.encode(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """A part of a list, and where the next one begins."""

    items: tuple[T, ...]
    next_cursor: str | None


def path(*parts: str) -> str:
    """Return a path of these parts, each escaped.

    Raises:
        UsageError: one is empty, or would mean another path.
    """
    for part in parts:
        if part in {"", ".", ".."}:
            raise UsageError(f"a part of a path is empty or means another: value={part!r}; give a symbol or an id")
    return "/" + "/".join(quote(part, safe="") for part in parts)


def query(**fields: str | int | None) -> str:
    """Return a query of what is given; empty where nothing is."""
    given = {name: str(value) for name, value in fields.items() if value is not None}
    return f"?{urlencode(given)}" if given else ""


def number(name: str, value: Number | None) -> str | None:
    """Return a price or a quantity as it is sent.

    Raises:
        WrongTypeError: it is a float, which has not the digits that were meant.
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise WrongTypeError(f'{name} is no exact number: value={value!r}; give a Decimal, an int, or a text as "0.10"')
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _named(order: Mapping[str, Any], new_id: Callable[[], str]) -> dict[str, Any]:
    return {"clientOrderId": new_id(), **order}
