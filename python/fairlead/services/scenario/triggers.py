"""What an order of a scenario waits for: ``stop=95.00``, ``take=``, ``touch=``, ``trail=1.00|2%|50bps``."""

from fairlead.model.triggers import Trigger
from fairlead.services.scenario.line import Line, need

TRIGGER_OPTIONS = ("stop", "take", "touch", "trail", "source", "activate", "step", "limit_offset")
TRIGGER_WORDS = ("fall_back", "strict", "immediate")
_KINDS = {"stop": "stop_loss", "take": "take_profit", "touch": "if_touched"}


def waits(line: Line) -> bool:
    """Whether the line's order waits for a trigger."""
    return any(key in line.options for key in ("trail", *_KINDS))


def trigger_of(line: Line) -> Trigger:
    """Return what the line's order waits for; a price ``none`` leaves it out."""
    given = line.options
    fixed = [key for key in _KINDS if key in given]
    trails = "trail" in given
    need(len(fixed) <= 1 and not (trails and fixed not in ([], ["stop"])), "more than one trigger")
    kind = "trailing_stop" if trails else _KINDS[fixed[0]]
    amount, bps = _trail(given.get("trail", "none"))
    return Trigger(
        kind=kind,
        source=given.get("source", "last"),
        fall_back="fall_back" in line.words,
        strict="strict" in line.words,
        allow_immediate="immediate" in line.words,
        price=_price(line, fixed[0]) if fixed else None,
        trail_amount=amount,
        trail_bps=bps,
        activation_price=_price(line, "activate"),
        step=_price(line, "step"),
        limit_offset=_price(line, "limit_offset"),
    )


def _price(line: Line, key: str) -> str | None:
    text = line.options.get(key, "none")
    return None if text == "none" else text


def _trail(text: str) -> tuple[str | None, int | None]:
    amount, bps = None, None
    for part in text.split(","):
        if part.endswith("%"):
            bps = Trigger.trailing(percent=part[:-1]).trail_bps
        elif part.endswith("bps"):
            bps = int(part[:-3])
        elif part != "none":
            amount = part
    return amount, bps
