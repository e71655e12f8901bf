"""Command lines about limits, credit, kill switches, sessions, halts, breakers, bands and reference prices."""

from typing import Any

from fairlead.engine import CommandReport
from fairlead.model.breaker import BreakerRules
from fairlead.services.scenario.line import Line, ScenarioError, duration_ns, need
from fairlead.services.scenario.market import Market

WORDS = (
    "reference", "account_limits", "instrument_limits", "credit", "kill", "rearm", "on_disconnect", "session_down",
    "session_up", "cancel_all_after", "halt", "resume", "breaker", "bands",
)  # fmt: skip
_TIMES = {
    "limit_state": "limit_state_ns", "halt": "halt_ns", "call": "call_ns", "random_end": "random_end_ns",
    "extend": "extend_ns", "cooling": "cooling_ns", "interval": "interval_ns",
}  # fmt: skip
_COUNTS = ("static_bps", "collar_bps", "widen_bps", "extensions_max", "cooling_bps", "trips_max")


def command(market: Market, line: Line) -> CommandReport:
    """Apply a command line of these words and return its report."""
    ex, word = market.exchange, line.words[0]
    if word in ("kill", "rearm"):
        return _kill(market, line)
    if word in ("halt", "resume"):
        return _halt(market, line)
    if word in ("account_limits", "instrument_limits"):
        return _limits(market, line)
    if word == "breaker":
        return ex.set_breaker(line.word(1), _rules(line))
    if word == "reference":
        line.allow("max_age", "after")
        age = duration_ns(line.options.get("max_age", "1h"))
        return ex.set_reference(line.word(1), line.word(2), line.word(3), max_age_ns=age)
    if word == "on_disconnect":
        line.allow("grace", "after")
        grace = line.options["grace"]
        return ex.set_cancel_on_disconnect(int(line.word(1)), None if grace == "never" else duration_ns(grace))
    line.allow("after")
    match word:
        case "credit":
            return ex.set_credit_line(line.word(1), line.word(2), line.word(3))
        case "session_down":
            return ex.session_down(int(line.word(1)))
        case "session_up":
            return ex.session_up(int(line.word(1)))
        case "cancel_all_after":
            return ex.cancel_all_after(line.word(1), duration_ns(line.word(2)))
        case "bands":
            return ex.set_bands(line.word(1), line.word(2), line.word(3))
        case other:
            raise ScenarioError(f"{other}: no such word")


def _rate(line: Line, key: str) -> tuple[int, int]:
    per_second, _, burst = line.options.get(key, "0:0").partition(":")
    need(bool(burst), f"{key}={per_second}: PER_SECOND:BURST")
    return int(per_second), int(burst)


def _limits(market: Market, line: Line) -> CommandReport:
    given = line.options
    if line.words[0] == "account_limits":
        line.allow("orders", "cancels", "open_orders", "duplicate", "after")
        line.only(2)
        orders, cancels = _rate(line, "orders"), _rate(line, "cancels")
        return market.exchange.set_account_limits(
            line.word(1),
            orders_per_second=orders[0],
            orders_burst=orders[1],
            cancels_per_second=cancels[0],
            cancels_burst=cancels[1],
            open_orders_max=int(given.get("open_orders", "0")),
            duplicate_ns=duration_ns(given.get("duplicate", "0s")),
        )
    line.allow("max_qty", "max_value", "collar_bps", "position", "after")
    line.only(3, "restricted")
    return market.exchange.set_instrument_limits(
        line.word(1),
        line.word(2),
        max_qty=given.get("max_qty"),
        max_value=given.get("max_value"),
        collar_bps=int(given["collar_bps"]) if "collar_bps" in given else None,
        position_max=given.get("position"),
        restricted="restricted" in line.words,
    )


def _by(line: Line) -> dict[str, Any]:
    return {"operator": int(line.options.get("by", "1")), "note": line.options.get("note", "-")}


def _kill(market: Market, line: Line) -> CommandReport:
    line.allow("by", "note", "after")
    scope: dict[str, Any] = {}
    at = 2
    match line.word(1):
        case "all":
            pass
        case "instrument":
            scope, at = {"symbol": line.word(2)}, 3
        case "account":
            scope, at = {"account": line.word(2)}, 3
        case "session":
            scope, at = {"session": int(line.word(2))}, 3
        case other:
            raise ScenarioError(f"{other}: all, instrument, account or session")
    if line.words[0] == "rearm":
        line.only(at)
        return market.exchange.rearm(**scope, **_by(line))
    line.only(at, "reducing")
    return market.exchange.kill_switch(**scope, **_by(line), reducing="reducing" in line.words)


def _halt(market: Market, line: Line) -> CommandReport:
    symbol = None if line.word(1) == "all" else line.word(1)
    if line.words[0] == "resume":
        line.allow("by", "note", "after")
        line.only(2, "auction")
        return market.exchange.resume(symbol, **_by(line), auction="auction" in line.words)
    line.allow("for", "by", "note", "after")
    line.only(2, "two_person")
    duration = duration_ns(line.options.get("for", "0s"))
    return market.exchange.halt(symbol, **_by(line), duration_ns=duration, two_person="two_person" in line.words)


def _rules(line: Line) -> BreakerRules | None:
    line.allow("static_reference", "short", "long", "spread", "after", *_TIMES, *_COUNTS)
    line.only(2, "off")
    if "off" in line.words:
        return None
    given = line.options
    rules: dict[str, Any] = {key: int(given[key]) for key in _COUNTS if key in given}
    rules |= {name: duration_ns(given[key]) for key, name in _TIMES.items() if key in given}
    if "static_reference" in given:
        rules["static_reference"] = given["static_reference"]
    for key in ("short", "long"):
        if key in given:
            length, _, bps = ("0s:0" if given[key] == "off" else given[key]).partition(":")
            rules |= {f"{key}_ns": duration_ns(length), f"{key}_bps": int(bps)}
    if "spread" in given:
        bps, _, length = ("0:0s" if given["spread"] == "off" else given["spread"]).partition(":")
        rules |= {"spread_bps": int(bps), "spread_persist_ns": duration_ns(length)}
    return BreakerRules(**rules)
