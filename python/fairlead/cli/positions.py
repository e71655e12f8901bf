"""``fairlead positions``: what a trader has open at a running service."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from fairlead.cli.asking import LOCAL, Email, Json, Url, asking, told_all

if TYPE_CHECKING:
    from fairlead.sdk import Position


def positions(*, email: Email = None, url: Url = LOCAL, as_json: Json = False) -> None:
    """Print the positions of who asks, at average cost.

    With what they made so far and would make at the mark price.

    Example:  fairlead positions --email ann@example.com
    """
    with asking(url, email=email) as client:
        rows = [_about(position) for position in client.fetch_positions()]
    told_all("positions", rows, as_json=as_json)


def _about(position: Position) -> dict[str, str | None]:
    return {
        "symbol": position.symbol,
        "side": position.side,
        "quantity": _text(position.quantity),
        "average_price": _text(position.average_price),
        "mark_price": _text(position.mark_price),
        "unrealized_pnl": _text(position.unrealized_pnl),
        "realized_pnl": _text(position.realized_pnl),
        "fees": _text(position.fees),
        "currency": position.currency,
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"
