"""Set-up lines and definitions: assets, instruments, accounts, money and states."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypedDict, cast

from fairlead.engine import CommandReport, Exchange
from fairlead.model.instrument import Instrument
from fairlead.services.scenario.line import Line, ScenarioError, decimals_of, duration_ns

STP_WORDS = {"decrement": "decrement_and_cancel"}


@dataclass(slots=True)
class Market:
    """An exchange and what its lines have defined."""

    exchange: Exchange
    clock_ns: list[int]
    decimals: dict[str, int] = field(default_factory=dict)
    quotes: dict[str, str] = field(default_factory=dict)
    accounts: list[str] = field(default_factory=list)
    owners: dict[str, tuple[str, str]] = field(default_factory=dict)
    groups: dict[str, int] = field(default_factory=dict)

    @property
    def first(self) -> str:
        """The instrument of orders that name none."""
        return next(iter(self.quotes), "")


class Limits(TypedDict, total=False):
    """What an exchange is bounded by: keyword arguments of ``Exchange``."""

    client_ids_max: int
    client_id_retention_ns: int
    trades_max: int
    triggers_max: int


def limits(lines: list[str]) -> Limits:
    """Return the keyword arguments of the exchange from a ``limits`` line."""
    found: dict[str, int] = {}
    for text in lines:
        line = Line.read(text)
        if line.words[:1] == ("limits",):
            line.allow("client_ids_max", "client_id_retention", "trades_max", "triggers_max")
            for key, value in line.options.items():
                if key == "client_id_retention":
                    found["client_id_retention_ns"] = duration_ns(value)
                else:
                    found[key] = int(value)
    return cast("Limits", found)


def define(market: Market, line: Line) -> CommandReport:
    """Apply a definition and return its report."""
    ex, words, options = market.exchange, line.words, line.options
    match words[0]:
        case "asset":
            line.allow("decimals", "after")
            decimals = int(options.get("decimals", "2"))
            report = ex.add_asset(words[1], decimals=decimals)
            if report.status == "accepted":
                market.decimals[words[1]] = decimals
        case "instrument":
            report = _list(market, line)
        case "account":
            line.allow("group", "fees", "after")
            group, fees = int(options.get("group", "0")), int(options.get("fees", "0"))
            report = ex.add_account(words[1], kind=words[2], stp_group=group, fees=fees)
            if report.status == "accepted":
                market.accounts.append(words[1])
        case "fees":
            line.allow("maker", "taker", "base", "after")
            maker, taker = int(options.get("maker", "0")), int(options.get("taker", "0"))
            base = options.get("base", "notional")
            report = ex.set_fees(int(words[1]), maker_ppm=maker, taker_ppm=taker, base=base)
        case "account_fees":
            line.allow("after")
            report = ex.set_account_fees(words[1], int(words[2]))
        case "deposit":
            line.allow("after")
            report = ex.deposit(words[1], words[2], words[3])
        case "withdraw":
            line.allow("after")
            report = ex.withdraw(words[1], words[2], words[3])
        case "state":
            line.allow("after")
            report = ex.set_state(words[1], snake(words[2]))
        case other:
            raise ScenarioError(f"{other}: no such word")
    return report


def snake(state: str) -> str:
    """Return ``opening_auction`` for ``OpeningAuction``."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in state).removeprefix("_")


def grid_decimals(line: Line) -> tuple[int, int]:
    """Return the decimals of prices and quantities: those the tick and the lot are written with."""
    ticks = line.options.get("tick", "0.01").replace(",", ":").split(":")
    return max(decimals_of(text) for text in ticks), decimals_of(line.options.get("lot", "1"))


def bands_of(text: str) -> list[tuple[str, str]]:
    """Return a grid: ``0.01``, or ``0.01,100.00:0.05`` (from 100.00 on 0.05)."""
    return [(start or "0", step) for start, _, step in (part.rpartition(":") for part in text.split(","))]


def _list(market: Market, line: Line) -> CommandReport:
    line.allow(
        "base", "quote", "tick", "lot", "min_qty", "max_qty", "min_notional", "max_notional", "min_price", "max_price",
        "previous_close", "allocation", "stp", "slippage_bps", "seed", "after",
    )  # fmt: skip
    given, name = line.options, line.words[1]
    price_decimals, qty_decimals = grid_decimals(line)
    quote = given.get("quote", "USD")
    bands = bands_of(given.get("tick", "0.01"))
    lot = given.get("lot", "1")
    largest = str(Decimal(2**63 - 1).scaleb(-market.decimals.get(quote, 0)))
    kind, _, share = given.get("allocation", "fifo").partition(":")
    stp = given.get("stp", "cancel_newest")
    instrument = Instrument(
        name,
        quote=quote,
        base=given.get("base", name),
        tick_size=bands,
        lot_size=lot,
        price_decimals=price_decimals,
        qty_decimals=qty_decimals,
        min_qty=given.get("min_qty"),
        max_qty=given.get("max_qty", str(Decimal(lot) * 1_000_000)),
        min_notional=given.get("min_notional", "0"),
        max_notional=given.get("max_notional", largest),
        min_price=given.get("min_price"),
        max_price=given.get("max_price", str(Decimal(bands[-1][1]) * 1_000_000)),
        allow_negative="negative" in line.words,
        previous_close=given.get("previous_close"),
        allocation=("fifo_pro_rata", int(share)) if share else ("pro_rata" if kind == "pro_rata" else "fifo"),
        stp=STP_WORDS.get(stp, stp),
        max_slippage_bps=int(given.get("slippage_bps", "500")),
        seed=int(given.get("seed", "1")),
    )
    report = market.exchange.list(instrument, state="pre_listed", add_assets=False)
    if report.status == "accepted":
        market.quotes[name] = quote
    return report
