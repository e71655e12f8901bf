"""What ``GET /orders/{id}/explain`` answers."""

from typing import Final

from fairlead.domain.explain import Line
from fairlead.model.instants import iso
from fairlead.services.order_stories import OrderStory
from fairlead.web.market_wire import word
from fairlead.web.trading_answers import group_name
from fairlead.web.wire import Answer

__all__ = ["Story", "StoryLine", "story_of"]

# What becomes of a trade later changes nothing of how its order stands.
_OF_TRADES: Final = frozenset({"TradeCancel", "TradeCorrect"})


class StoryLine(Answer, frozen=True, kw_only=True):
    """One thing that happened to an order.

    ``seq`` and ``sub`` are its place in the log of the exchange, ``cause`` what in the command's work it comes from,
    ``null`` of what happened to the market. ``code`` is the reason of a refusal or an end, ``value`` and ``limit`` what
    was measured. ``orderIds`` names other orders of the same account only.
    """

    seq: int
    sub: int
    time: str
    event: str
    cause: str | None
    text: str
    code: str | None
    value: str | None
    limit: str | None
    order_ids: list[str]
    trade_ids: list[str]
    group_id: str | None


class Story(Answer, frozen=True, kw_only=True):
    """Why an order is where it is, oldest first.

    ``status`` is ``null`` of an order that was refused at the door. ``isWhole`` is false where older lines were too
    many. What was ahead of it in its queue is not kept.
    """

    order_id: str
    client_order_id: str | None
    symbol: str | None
    status: str | None
    summary: str
    is_whole: bool
    steps: list[StoryLine]


def story_of(story: OrderStory) -> Story:
    """Return a story as it is told."""
    view = story.view
    return Story(
        order_id=str(story.order_id),
        client_order_id=None if view is None else view.client_order_id,
        symbol=None if view is None else view.symbol,
        status=None if view is None else view.status,
        summary=_summary(story),
        is_whole=story.is_whole,
        steps=[_line(line) for line in story.lines],
    )


def _summary(story: OrderStory) -> str:
    """Say how it stands: of an open order what it does, of another one what ended it."""
    view = story.view
    own = [line.text for line in story.lines if not line.is_of_market and line.event not in _OF_TRADES]
    if view is None or not view.is_open or not own:
        return own[-1] if own else ""
    if view.status == "PENDING_TRIGGER":
        at = "" if view.trigger_price is None else f" of {view.trigger_price:f}"
        return f"waits for its trigger{at} or its group, {view.remaining_quantity:f} to do"
    at = "" if view.price is None else f" at {view.price:f}"
    return f"open{at}, {view.remaining_quantity:f} of {view.quantity:f} to do"


def _line(line: Line) -> StoryLine:
    return StoryLine(
        seq=line.position.event_seq,
        sub=line.position.sub,
        time=iso(line.ts_ns),
        event=word(line.event),
        cause=None if line.cause is None else word(line.cause),
        text=line.text,
        code=line.code,
        value=line.value,
        limit=line.limit,
        order_ids=[str(order_id) for order_id in line.orders],
        trade_ids=[str(trade_id) for trade_id in line.trades],
        group_id=None if line.group_id is None else group_name(line.group_id),
    )
