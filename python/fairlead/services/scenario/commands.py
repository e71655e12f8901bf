"""Command lines about orders: new, amend, cancel, mass and tick."""

from collections.abc import Mapping, Sequence
from typing import Any

from fairlead.engine import CommandReport, ExecutionReport, GroupReport
from fairlead.model.triggers import Leg
from fairlead.services.scenario import amendments, guards, outcomes
from fairlead.services.scenario.line import Line, duration_ns, need
from fairlead.services.scenario.market import STP_WORDS, Market, bands_of, define
from fairlead.services.scenario.triggers import TRIGGER_OPTIONS, TRIGGER_WORDS, trigger_of, waits

TIFS = ("gtc", "day", "ioc", "fok", "ato", "atc", "gfa")
FLAGS = {*TIFS, "@", "market", "mtl", "hidden", "post_only", "slide", "reduce_only", "pegged", "limit"}
GROUPS = {"oco": "oco", "oto": "oto", "bracket": "otoco"}
Report = CommandReport | ExecutionReport | GroupReport


def command(market: Market, line: Line, legs: Sequence[Line]) -> Report:
    """Apply a command line, with the lines of its orders where it is a group, and return its report."""
    need(not legs or line.word(0) in GROUPS, "an order of a group stands right below its command")
    match line.words[0]:
        case "new":
            return _new(market, line)
        case "amend":
            return _amend(market, line)
        case "cancel":
            line.allow("account", "after")
            line.only(2, "unlink")
            account, _ = _owner(market, line, line.word(1))
            return market.exchange.cancel(account=account, unlink="unlink" in line.words, **_target(line.word(1)))
        case "oco" | "oto" | "bracket":
            return _group(market, line, legs)
        case "cancel_group":
            return _cancel_group(market, line)
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
        case "ticks":
            line.allow("after")
            return market.exchange.set_ticks(line.word(1), bands_of(line.word(2)))
        case word if word in guards.WORDS:
            return guards.command(market, line)
        case word if word in amendments.WORDS:
            return amendments.command(market, line)
        case word if word in outcomes.WORDS:
            return outcomes.command(market, line)
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


def _order(market: Market, line: Line) -> dict[str, Any]:
    """Return the arguments of ``submit`` for the words and options of a new order."""
    line.allow(
        "account", "on", "session", "gtd", "protection", "budget", "peg", "offset", "min_qty", "display", "threshold",
        "variance_bps", "stp", "after", "quote", *TRIGGER_OPTIONS,
    )  # fmt: skip
    words, given = line.words, line.options
    order: dict[str, Any] = {"cl_ord_id": line.word(1), "side": line.word(2), "order_qty": line.word(3)}
    rest = words[4:]
    if "@" in rest:
        order["price"] = line.word(4 + rest.index("@") + 1)
        rest = tuple(word for word in rest if word != order["price"])
    need(set(rest) <= {*FLAGS, *TRIGGER_WORDS}, f"unknown words {sorted(set(rest) - FLAGS)}")
    order["ord_type"] = _type(line, rest, has_price="price" in order)
    order |= _life(rest, given.get("gtd"), market.clock_ns[0])
    if order["ord_type"] == "market" and not waits(line):
        order.setdefault("time_in_force", "ioc")
    for key, name in (("protection", "protection_price"), ("budget", "quote_qty"), ("min_qty", "min_qty")):
        if key in given:
            order[name] = given[key]
    order |= _extras(rest, given)
    if "slide" in rest or "post_only" in rest:
        order["post_only"] = "slide" if "slide" in rest else "reject"
    if "stp" in given:
        order["stp"] = STP_WORDS.get(given["stp"], given["stp"])
    if waits(line):
        order["trigger"] = trigger_of(line)
    account, symbol = given.get("account", words[1]), given.get("on", market.first)
    market.owners.setdefault(words[1], (account, symbol))
    session = int(given.get("session", "0"))
    return order | {
        "account": account,
        "symbol": symbol,
        "session": session,
        "reduce_only": "reduce_only" in rest,
    }


def _type(line: Line, rest: tuple[str, ...], *, has_price: bool) -> str:
    given = line.options
    if "market" in rest:
        return "market"
    if "mtl" in rest:
        return "market_to_limit"
    if ("peg" in given or "pegged" in rest) and "limit" not in rest:
        return "pegged"
    if waits(line) and not has_price and "limit" not in rest and "limit_offset" not in given:
        return "market"
    return "limit"


def _new(market: Market, line: Line) -> ExecutionReport:
    return market.exchange.submit(**_order(market, line))


def _group(market: Market, line: Line, legs: Sequence[Line]) -> GroupReport:
    line.allow("mode", "activation", "account", "on", "session", "after")
    line.only(1)
    given = dict(line.options)
    shared = {key: given[key] for key in ("account", "on", "session") if key in given}
    if legs:
        shared.setdefault("account", legs[0].options.get("account", legs[0].word(0)))
    orders = [_order(market, Line(("new", *leg.words), shared | dict(leg.options))) for leg in legs]
    mode, activation = given.get("mode", "reduce"), given.get("activation", "partial")
    made = [Leg(**order) for order in orders]
    report = market.exchange.submit_group(GROUPS[line.word(0)], made, mode=mode, activation=activation)
    if report.group_id is not None:
        market.groups[legs[0].word(0)] = report.group_id
    return report


def _cancel_group(market: Market, line: Line) -> CommandReport:
    line.allow("account", "after")
    name = line.word(1)
    need(name.startswith("#") or name in market.groups, f"{name}: no group begins with this order")
    group_id = int(name[1:]) if name.startswith("#") else market.groups[name]
    account, _ = _owner(market, line, name)
    return market.exchange.cancel_group(account=account, group_id=group_id)


def _owner(market: Market, line: Line, name: str) -> tuple[str, str]:
    account, symbol = market.owners.get(name, (name, market.first))
    return line.options.get("account", account), symbol


def _target(text: str) -> dict[str, Any]:
    return {"order_id": int(text[1:])} if text.startswith("#") else {"orig_cl_ord_id": text}


def _amend(market: Market, line: Line) -> ExecutionReport:
    line.allow("account", "qty", "price", "display", "tif", "gtd", "stp", "seen", "trigger", "after")
    given = line.options
    account, symbol = _owner(market, line, line.words[1])
    names = {"qty": "order_qty", "price": "price", "display": "display_qty", "seen": "seen_cum_qty"}
    names["trigger"] = "trigger_price"
    change: dict[str, Any] = {name: given[key] for key, name in names.items() if key in given}
    tif = (given["tif"],) if "tif" in given else ()
    change |= _life(tif, given.get("gtd"), market.clock_ns[0])
    if "stp" in given:
        change["stp"] = STP_WORDS.get(given["stp"], given["stp"])
    market.owners.setdefault(line.words[2], (account, symbol))
    return market.exchange.amend(account=account, cl_ord_id=line.words[2], **_target(line.words[1]), **change)
