"""Runs one scenario through ``fairlead.Exchange``, line by line."""

from decimal import Decimal

from tests.unit.scenario.commands import Report, command
from tests.unit.scenario.line import Line, duration_ns
from tests.unit.scenario.market import Market, define, grid_decimals, limits
from tests.unit.scenario.queues import Queues
from tests.unit.scenario.render import amount, render

from fairlead import Exchange
from fairlead.model import events as ev

FIRST_NS = 1_000_000_000
STEP_NS = 1_000_000
_REFUSALS = ("rejected ", "amend_rejected ", "cancel_rejected ", "refused ")


def run(text: str) -> None:
    """Run a scenario; an assertion names the first line that does not hold."""
    lines = [line.strip() for line in text.splitlines()]
    first = next((at for at, line in enumerate(lines) if line.startswith(">")), len(lines))
    runner = _Runner(lines[:first])
    runner.set_up(lines)
    for number, line in enumerate(lines[first:], start=first + 1):
        try:
            runner.line(line)
        except AssertionError as error:
            raise AssertionError(f"line {number}: {line}: {error}") from None
    runner.check_complete()


class _Runner:
    def __init__(self, before: list[str]) -> None:
        self._clock_ns = [0]
        exchange = Exchange(clock=lambda: self._clock_ns[0], history_max=10_000, **limits(before))
        self._market = Market(exchange, self._clock_ns)
        self._queues = Queues()
        self._rendered: list[str] = []
        self._expected: int | None = None
        self._before = before

    def set_up(self, lines: list[str]) -> None:
        """Apply set-up lines, open the accounts that orders name, start continuous trading."""
        has_state = set()
        for text in self._before:
            line = Line.read(text)
            if not text or text.startswith("#") or line.words[0] == "limits":
                continue
            if line.words[0] == "instrument":
                self._add_assets(line)
            if line.words[0] == "state":
                has_state.add(line.words[1])
                if line.words[2] == "PreListed":
                    continue
            self._define(line)
        for text in lines:
            line = Line.read(text.removeprefix(">"))
            enters = text.startswith(">") and line.words[0] == "new" and "account" not in line.options
            if enters and line.words[1] not in self._market.accounts:
                self._define(Line.read(f"account {line.words[1]} credit"))
        for name in self._market.quotes:
            if name not in has_state:
                self._define(Line.read(f"state {name} Continuous"))
        self._clock_ns[0] = FIRST_NS - STEP_NS
        self._expected = len(self._rendered)

    def _add_assets(self, line: Line) -> None:
        price_decimals, qty_decimals = grid_decimals(line)
        quote, base = line.options.get("quote", "USD"), line.options.get("base", line.words[1])
        for name, decimals in ((quote, price_decimals + qty_decimals), (base, qty_decimals)):
            if name not in self._market.decimals:
                self._define(Line.read(f"asset {name} decimals={decimals}"))

    def _define(self, line: Line) -> None:
        self._clock_ns[0] += 1
        self._take(define(self._market, line))
        self._refused_by_surprise()

    def line(self, text: str) -> None:
        """Apply a command or compare an expectation."""
        if text.startswith(">"):
            self.check_complete()
            line = Line.read(text[1:])
            self._clock_ns[0] += max(1, duration_ns(line.options["after"]) if "after" in line.options else STEP_NS)
            self._expected = None
            self._take(command(self._market, line))
            self._market.exchange.check_invariants()
        elif text.startswith("<"):
            self._expect(Line.read(text[1:]))
        else:
            assert not text or text.startswith("#"), "set-up stands before the first command"

    def _take(self, report: Report) -> None:
        events = report.events
        for event in events:
            if isinstance(event, ev.OrderAccepted):
                self._queues.names[event.order_id] = event.cl_ord_id
        self._rendered = [render(event, self._market, self._queues.names) for event in events]
        for event in events:
            self._queues.absorb(event)
        if report.seq is None:
            # Refused before the engine saw it: a definition that contradicts itself.
            self._rendered = [f"refused {report.reason}"]

    def check_complete(self) -> None:
        """Check that all events of the last command were expected, or none was asked for and none refuses."""
        if self._expected is None:
            self._refused_by_surprise()
        else:
            assert len(self._rendered) <= self._expected, f"not expected above: {self._rendered[self._expected]}"

    def _refused_by_surprise(self) -> None:
        refused = [line for line in self._rendered if line.startswith(_REFUSALS)]
        assert not refused, f"refused without a line that expects it: {refused[0]}"

    def _expect(self, line: Line) -> None:
        match line.words[0]:
            case "bids" | "asks":
                self._expect_book(line)
            case "order":
                self._expect_order(line)
            case "balance":
                self._expect_balance(line)
            case _:
                at = self._expected or 0
                assert at < len(self._rendered), f"the command has only {at} events"
                self._expected = at + 1
                assert line.holds_for(Line.read(self._rendered[at])), f"found: {self._rendered[at]}"

    def _expect_book(self, line: Line) -> None:
        line.allow("on")
        side = "buy" if line.words[0] == "bids" else "sell"
        symbol = line.options.get("on", self._market.first)
        levels: list[str] = []
        for order_id, place in self._queues.queue(symbol, side):
            if not levels or levels[-1].split()[0] != str(place.price):
                levels.append(str(place.price))
            levels[-1] += f" {self._queues.names[order_id]}:{'hidden' if place.is_hidden else place.shown}"
        found = ", ".join(levels) or "none"
        assert " ".join(line.words[1:]) == found, f"found: {found}"
        self._check_levels(symbol, side)

    def _check_levels(self, symbol: str, side: str) -> None:
        """The book that the exchange shows is the one its events tell."""
        told: dict[object, list[object]] = {}
        for _, place in self._queues.queue(symbol, side):
            if not place.is_hidden:
                told.setdefault(place.price, []).append(place.shown)
        book = self._market.exchange.book(symbol, levels=1_000)
        shown = [(level.price, level.qty, level.count) for level in (book.bids if side == "buy" else book.asks)]
        assert shown == [(price, sum(parts), len(parts)) for price, parts in told.items()]  # type: ignore[arg-type]

    def _expect_order(self, line: Line) -> None:
        name = line.words[1]
        order_id = next(number for number, known in self._queues.names.items() if known == name)
        order = self._queues.orders.get(order_id)
        known = self._market.exchange.order(order_id=order_id)
        assert known.is_open == (order is not None)
        if order is None:
            found = f"order {name} gone"
        else:
            assert (known.order_qty, known.leaves_qty) == (order.order_qty, order.leaves)
            shown = order.place.shown if order.place is not None else 0
            found = f"order {name} leaves={order.leaves} qty={order.order_qty} shown={shown}"
        assert line.holds_for(Line.read(found)), f"found: {found}"

    def _expect_balance(self, line: Line) -> None:
        _, account, asset, *_ = line.words
        decimals = self._market.decimals[asset]
        balance = self._market.exchange.balances(account).get(asset)
        total, reserved = (balance.total, balance.reserved) if balance else (Decimal(0), Decimal(0))
        found = f"balance {account} {asset} {amount(total, decimals)} reserved={amount(reserved, decimals)}"
        assert line.holds_for(Line.read(found)), f"found: {found}"
