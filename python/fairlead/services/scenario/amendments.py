"""Command lines about trades that are taken back or corrected, and what they say."""

from collections.abc import Callable
from typing import Any

from fairlead.engine import CommandReport
from fairlead.model import events as ev
from fairlead.model.event import Event
from fairlead.services.scenario.line import Line
from fairlead.services.scenario.market import Market

WORDS = ("bust", "correct")


def command(market: Market, line: Line) -> CommandReport:
    """Apply a command line of these words and return its report."""
    line.allow("after")
    trade_id = int(line.word(1))
    if line.words[0] == "bust":
        return market.exchange.bust(trade_id)
    return market.exchange.correct(trade_id, qty=line.word(2), price=line.word(4))


def _amended(event: Any, market: Market, _: Any) -> str:
    if event.qty == 0:
        return f"busted {event.trade_id} {event.was_qty} @ {event.was_price}"
    decimals = market.decimals[market.quotes[event.symbol]]
    fees = ",".join(str(int(fee.scaleb(decimals))) for fee in (event.buy_fee, event.sell_fee))
    return f"corrected {event.trade_id} {event.qty} @ {event.price} fees={fees}"


RENDERERS: dict[type[Event], Callable[..., str]] = {ev.TradeAmended: _amended}
