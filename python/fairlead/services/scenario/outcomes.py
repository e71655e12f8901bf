"""Command lines about markets of events, and what they say."""

from typing import Any

from fairlead.engine import CommandReport
from fairlead.model import events as ev
from fairlead.services.scenario.line import Line
from fairlead.services.scenario.market import Market

WORDS = ("outcome", "mint", "merge", "resolve")


def command(market: Market, line: Line) -> CommandReport:
    """Apply a command line of these words and return its report."""
    ex, word = market.exchange, line.words[0]
    if word == "outcome":
        line.allow("no", "after")
        return ex.set_outcome(line.word(1), no=line.options["no"])
    line.allow("after")
    if word == "resolve":
        weight = line.word(2)
        return ex.resolve(line.word(1), None if weight == "void" else weight)
    move = ex.mint if word == "mint" else ex.merge
    return move(line.word(1), line.word(2), line.word(3))


def _paid(event: Any, market: Market, _: Any) -> str:
    amount = f"{event.amount:.{market.decimals['USD']}f}"
    return f"paid {event.account or '#0'} {event.symbol} yes={event.yes} no={event.no} amount={amount}"


def _resolved(event: Any, _: Market, __: Any) -> str:
    return f"resolved {event.symbol} {'void' if event.weight is None else event.weight}"


RENDERERS = {
    ev.OutcomeSet: lambda event, _, __: f"outcome {event.symbol} no={event.no}",
    ev.PairsMinted: lambda event, _, __: f"minted {event.account} {event.symbol} {event.qty}",
    ev.PairsMerged: lambda event, _, __: f"merged {event.account} {event.symbol} {event.qty}",
    ev.OutcomePaid: _paid,
    ev.OutcomeResolved: _resolved,
}
