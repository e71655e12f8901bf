"""Runs one scenario through ``fairlead.Exchange``, line by line."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from fairlead.engine import Exchange
from fairlead.model import events as ev
from fairlead.model.event import Event
from fairlead.services.scenario.commands import GROUPS, Report, command
from fairlead.services.scenario.line import Line, ScenarioError, duration_ns, need
from fairlead.services.scenario.market import Market, define, grid_decimals, limits
from fairlead.services.scenario.queues import Queues
from fairlead.services.scenario.render import amount, camel, render

FIRST_NS = 1_000_000_000
STEP_NS = 1_000_000
_REFUSALS = ("rejected ", "amend_rejected ", "cancel_rejected ", "refused ", "group_rejected ")
_SET_UP = {"reference", "account_limits", "instrument_limits", "credit", "on_disconnect", "breaker", "bands", "outcome"}


@dataclass(frozen=True, slots=True)
class Explains:
    """What a scenario says about the causal trace of an order: the orders and trades in it.

    Attributes:
        line: where it says so, counted from 1.
        seq: sequence number of the last command before it.
    """

    line: int
    seq: int
    order_id: int
    orders: frozenset[int]
    trades: frozenset[int]


@dataclass(slots=True)
class Played:
    """A scenario that holds, as it went.

    Attributes:
        events: everything that happened, oldest first.
        names: the client id of each accepted order.
        commands: the line of each command, by sequence number.
        explains: its ``explains`` lines.
    """

    events: list[Event] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)
    commands: dict[int, str] = field(default_factory=dict)
    explains: list[Explains] = field(default_factory=list)

    def order_id(self, name: str) -> int:
        """Return the id of the order entered as ``name``.

        Raises:
            ScenarioError: no such order was accepted.
        """
        found = [order_id for order_id, known in self.names.items() if known == name]
        need(bool(found), f"{name}: no such order was accepted")
        return found[0]


def play(text: str) -> Played:
    """Run a scenario.

    Raises:
        ScenarioError: a line cannot be read or does not hold; the message names the first.
    """
    lines = [line.strip() for line in text.splitlines()]
    first = next((at for at, line in enumerate(lines) if line.startswith(">")), len(lines))
    runner = _Runner(lines[:first])
    runner.set_up(lines)
    for at, line in enumerate(lines[first:], start=first):
        try:
            runner.line(line, lines, at)
        except (ScenarioError, KeyError, ValueError) as error:
            raise ScenarioError(f"line {at + 1}: {line}: {error}") from None
    runner.check_complete()
    return runner.played


def _legs(lines: Sequence[str], at: int) -> list[Line]:
    """Return the orders below a command."""
    legs: list[Line] = []
    for line in lines[at + 1 :]:
        if not line.startswith("+"):
            break
        legs.append(Line.read(line[1:]))
    return legs


class _Runner:
    def __init__(self, before: list[str]) -> None:
        self._clock_ns = [0]
        exchange = Exchange(clock=lambda: self._clock_ns[0], history_max=100_000, **limits(before))
        self._market = Market(exchange, self._clock_ns)
        self._queues = Queues()
        self._rendered: list[str] = []
        self._expected: int | None = None
        self._before = before
        self._states: dict[str, str] = {}
        self.played = Played(names=self._queues.names)

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
        for at, text in enumerate(lines):
            name = self._account_of(lines, at) if text.startswith(">") else None
            if name is not None and name not in self._market.accounts and name not in self._market.owners:
                self._define(Line.read(f"account {name} credit"))
        for name in self._market.quotes:
            if name not in has_state:
                self._define(Line.read(f"state {name} Continuous"))
        self._clock_ns[0] = FIRST_NS - STEP_NS
        self._expected = len(self._rendered)

    @staticmethod
    def _account_of(lines: list[str], at: int) -> str | None:
        """Return the account that a command's order belongs to where no word says whose it is."""
        line = Line.read(lines[at][1:])
        legs = _legs(lines, at) if line.words[0] in GROUPS else []
        if "account" in line.options or (legs and "account" in legs[0].options):
            return None
        if line.words[0] == "new":
            return line.words[1]
        return legs[0].words[0] if legs else None

    def _add_assets(self, line: Line) -> None:
        price_decimals, qty_decimals = grid_decimals(line)
        quote, base = line.options.get("quote", "USD"), line.options.get("base", line.words[1])
        for name, decimals in ((quote, price_decimals + qty_decimals), (base, qty_decimals)):
            if name not in self._market.decimals:
                self._define(Line.read(f"asset {name} decimals={decimals}"))

    def _define(self, line: Line) -> None:
        self._clock_ns[0] += 1
        report = command(self._market, line, []) if line.words[0] in _SET_UP else define(self._market, line)
        self._take(report, " ".join(line.words))
        self._refused_by_surprise()

    def line(self, text: str, lines: Sequence[str], at: int) -> None:
        """Apply a command or compare an expectation."""
        if text.startswith(">"):
            self.check_complete()
            line = Line.read(text[1:])
            self._clock_ns[0] += max(1, duration_ns(line.options["after"]) if "after" in line.options else STEP_NS)
            self._expected = None
            legs = _legs(lines, at)
            whole = (text[1:].strip(), *lines[at + 1 : at + 1 + len(legs)])
            self._take(command(self._market, line, legs), "\n".join(whole))
            self._market.exchange.check_invariants()
        elif text.startswith("+"):
            need(lines[at - 1].startswith((">", "+")), "an order of a group stands right below its command")
        elif text.startswith("<"):
            self._expect(Line.read(text[1:]), at + 1)
        else:
            need(not text or text.startswith("#"), "set-up stands before the first command")

    def _take(self, report: Report, text: str) -> None:
        events = report.events
        for event in events:
            if isinstance(event, ev.OrderAccepted):
                self._queues.names[event.order_id] = event.cl_ord_id
            if isinstance(event, ev.StateChanged):
                self._states[event.symbol] = event.to_state
        self._rendered = [render(event, self._market, self._queues.names) for event in events]
        for event in events:
            self._queues.absorb(event)
        self.played.events.extend(events)
        if report.seq is None:
            # Refused before the engine saw it: a definition that contradicts itself.
            self._rendered = [f"refused {report.reason}"]
        else:
            self.played.commands[report.seq] = text

    def check_complete(self) -> None:
        """Check that all events of the last command were expected, or none was asked for and none refuses."""
        if self._expected is None:
            self._refused_by_surprise()
        elif len(self._rendered) > self._expected:
            raise ScenarioError(f"not expected above: {self._rendered[self._expected]}")

    def _refused_by_surprise(self) -> None:
        refused = [line for line in self._rendered if line.startswith(_REFUSALS)]
        if refused:
            raise ScenarioError(f"refused without a line that expects it: {refused[0]}")

    def _expect(self, line: Line, number: int) -> None:
        match line.words[0]:
            case "bids" | "asks":
                self._expect_book(line)
            case "order":
                self._expect_order(line)
            case "balance":
                self._expect_balance(line)
            case "now":
                found = f"now {line.word(1)} {camel(self._states.get(line.word(1), 'pre_listed'))}"
                need(line.holds_for(Line.read(found)), f"found: {found}")
            case "explains":
                self._note_explains(line, number)
            case _:
                at = self._expected or 0
                need(at < len(self._rendered), f"the command has only {at} events")
                self._expected = at + 1
                need(line.holds_for(Line.read(self._rendered[at])), f"found: {self._rendered[at]}")

    def _note_explains(self, line: Line, number: int) -> None:
        name = line.word(1)
        need(name.endswith(":"), "a colon stands after the order's id")
        named = line.words[2:]
        trades = frozenset(int(word.removeprefix("trade:")) for word in named if word.startswith("trade:"))
        orders = frozenset(self.played.order_id(word) for word in named if not word.startswith("trade:"))
        seq = self.played.events[-1].seq
        order_id = self.played.order_id(name[:-1])
        self.played.explains.append(Explains(number, seq, order_id, orders, trades))

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
        need(" ".join(line.words[1:]) == found, f"found: {found}")
        self._check_levels(symbol, side)

    def _check_levels(self, symbol: str, side: str) -> None:
        """The book that the exchange shows is the one its events tell."""
        told: dict[Decimal, list[Decimal]] = {}
        for _, place in self._queues.queue(symbol, side):
            if not place.is_hidden:
                told.setdefault(place.price, []).append(place.shown)
        book = self._market.exchange.book(symbol, levels=1_000)
        shown = [(level.price, level.qty, level.count) for level in (book.bids if side == "buy" else book.asks)]
        levels = [(price, sum(parts, Decimal(0)), len(parts)) for price, parts in told.items()]
        need(shown == levels, f"the exchange shows {shown}, its events tell {levels}")

    def _expect_order(self, line: Line) -> None:
        name = line.word(1)
        order_id = self.played.order_id(name)
        order = self._queues.orders.get(order_id)
        known = self._market.exchange.order(order_id=order_id)
        need(known.is_open == (order is not None), f"the exchange says {known}")
        if order is None:
            found = f"order {name} gone"
        else:
            need((known.order_qty, known.leaves_qty) == (order.order_qty, order.leaves), f"the exchange says {known}")
            shown = order.place.shown if order.place is not None else 0
            waits = " waits" if order.waits else ""
            found = f"order {name}{waits} leaves={order.leaves} qty={order.order_qty} shown={shown}"
        need(line.holds_for(Line.read(found)), f"found: {found}")

    def _expect_balance(self, line: Line) -> None:
        who, what = line.word(1), line.word(2)
        balance = self._market.exchange.balances(who).get(what)
        decimals = self._market.decimals[what]
        total, reserved = (balance.total, balance.reserved) if balance else (Decimal(0), Decimal(0))
        found = f"balance {who} {what} {amount(total, decimals)} reserved={amount(reserved, decimals)}"
        need(line.holds_for(Line.read(found)), f"found: {found}")
