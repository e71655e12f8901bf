"""Command lines about orders: new, amend, cancel, mass and tick."""

from collections.abc import Mapping
from typing import Any

from tests.unit.scenario.line import Line, duration_ns
from tests.unit.scenario.market import STP_WORDS, Market, define

from fairlead import CommandReport, ExecutionReport

TIFS = ("gtc", "day", "ioc", "fok", "ato", "atc", "gfa")
FLAGS = {*TIFS, "@", "market", "mtl", "hidden", "post_only", "slide", "reduce_only", "pegged", "limit"}
Report = CommandReport | ExecutionReport


def command(market: Market, line: Line) -> Report:
    """Apply a command line and return its report."""
    match line.words[0]:
        case "new":
            return _new(market, line)
        case "amend":
            return _amend(market, line)
        case "cancel":
            line.allow("account", "after")
            account, _ = _owner(market, line, line.words[1])
            return market.exchange.cancel(account=account, **_target(line.words[1]))
        case "mass":
            line.allow("account", "session", "on", "side", "after")
            given = line.options
            session = int(given["session"]) if "session" in given else None
            return market.exchange.mass_cancel(
                account=given.get("account"), symbol=given.get("on"), side=given.get("side"), session=session
            )
        case "tick":
            line.allow("after")
            return market.exchange.tick()
        case _:
            return define(market, line)


def _life(words: tuple[str, ...], gtd: str | None, now_ns: int) -> dict[str, Any]:
    if gtd is not None:
        return {"time_in_force": "gtd", "expire_ns": now_ns + duration_ns(gtd)}
    found = [word for word in words if word in TIFS]
    return {"time_in_force": found[0]} if found else {}


def _extras(words: tuple[str, ...], given: Mapping[str, str]) -> dict[str, Any]:
    """Peg and display."""
    extras: dict[str, Any] = {}
    if "peg" in given:
        extras |= {"peg": given["peg"], "peg_offset_ticks": int(given.get("offset", "0"))}
    if "display" in given:
        extras |= {"display_qty": given["display"], "refill_threshold": given.get("threshold", "0")}
        extras["display_variance_bps"] = int(given.get("variance_bps", "0"))
    elif "hidden" in words:
        extras["hidden"] = True
    return extras


def _new(market: Market, line: Line) -> ExecutionReport:
    line.allow(
        "account", "on", "session", "gtd", "protection", "budget", "peg", "offset", "min_qty", "display", "threshold",
        "variance_bps", "stp", "after", "quote",
    )  # fmt: skip
    words, given = line.words, line.options
    order: dict[str, Any] = {"cl_ord_id": words[1], "side": words[2], "order_qty": words[3], "ord_type": "limit"}
    rest = words[4:]
    if "@" in rest:
        order["price"] = rest[rest.index("@") + 1]
        rest = tuple(word for word in rest if word != order["price"])
    assert set(rest) <= FLAGS, f"unknown words {sorted(set(rest) - FLAGS)}"
    if "market" in rest:
        order["ord_type"] = "market"
    elif "mtl" in rest:
        order["ord_type"] = "market_to_limit"
    elif ("peg" in given or "pegged" in rest) and "limit" not in rest:
        order["ord_type"] = "pegged"
    order |= _life(rest, given.get("gtd"), market.clock_ns[0])
    if order["ord_type"] == "market":
        order.setdefault("time_in_force", "ioc")
    for key, name in (("protection", "protection_price"), ("budget", "quote_qty"), ("min_qty", "min_qty")):
        if key in given:
            order[name] = given[key]
    order |= _extras(rest, given)
    if "slide" in rest or "post_only" in rest:
        order["post_only"] = "slide" if "slide" in rest else "reject"
    if "stp" in given:
        order["stp"] = STP_WORDS.get(given["stp"], given["stp"])
    account, symbol = given.get("account", words[1]), given.get("on", market.first)
    market.owners.setdefault(words[1], (account, symbol))
    session = int(given.get("session", "0"))
    reduce_only = "reduce_only" in rest
    return market.exchange.submit(account=account, symbol=symbol, session=session, reduce_only=reduce_only, **order)


def _owner(market: Market, line: Line, name: str) -> tuple[str, str]:
    account, symbol = market.owners.get(name, (name, market.first))
    return line.options.get("account", account), symbol


def _target(text: str) -> dict[str, Any]:
    return {"order_id": int(text[1:])} if text.startswith("#") else {"orig_cl_ord_id": text}


def _amend(market: Market, line: Line) -> ExecutionReport:
    line.allow("account", "qty", "price", "display", "tif", "gtd", "stp", "seen", "after")
    given = line.options
    account, symbol = _owner(market, line, line.words[1])
    names = {"qty": "order_qty", "price": "price", "display": "display_qty", "seen": "seen_cum_qty"}
    change: dict[str, Any] = {name: given[key] for key, name in names.items() if key in given}
    tif = (given["tif"],) if "tif" in given else ()
    change |= _life(tif, given.get("gtd"), market.clock_ns[0])
    if "stp" in given:
        change["stp"] = STP_WORDS.get(given["stp"], given["stp"])
    market.owners.setdefault(line.words[2], (account, symbol))
    return market.exchange.amend(account=account, cl_ord_id=line.words[2], **_target(line.words[1]), **change)
