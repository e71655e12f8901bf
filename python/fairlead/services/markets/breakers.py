"""Where trading is stopped and why, as far as it was heard: trading states, trips, halts by hand, kill switches.

States come from the channels and are those of now. Rules, halts and kill switches come from reports: those that come,
and those that are kept of the time before the service began to hear. Of each market and switch the newest one counts,
so that it does not matter which is heard first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fairlead.model.report import BEGINNING, Position, Report
from fairlead.ports.market_feed import MarketFeed
from fairlead.wire import Message

__all__ = ["BreakerStatus", "Breakers", "KillSwitch", "MarketBreaker"]

# Nothing trades in these: a breaker or a person stopped it, or collects orders to begin again.
_STOPPED: Final = frozenset({"Halted", "VolatilityAuction"})
_RULES: Final = ("STATIC", "SHORT", "LONG", "EXTERNAL", "SPREAD", "CASCADE", "LIMIT_STATE", "COOLING")
_OF_MARKETS: Final = frozenset({"BreakerTripped", "HaltOrdered", "ResumeOrdered", "StateChanged"})
# The same states by their numbers.
_STOPPED_NUMBERS: Final = frozenset({5, 6})
_SCOPES: Final = ("VENUE", "SYMBOL", "ACCOUNT", "SESSION")


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketBreaker:
    """The breaker of one market.

    Attributes:
        symbol: which.
        state: the trading state, in the words of the wire.
        is_tripped: whether trading is stopped.
        cause: ``RULE_...`` of a breaker, or ``MANUAL``; ``None`` where nothing is stopped or the reason was not heard.
        until_ns: when the stop ends by itself; ``None``: not said, or a person decides.
    """

    symbol: str
    state: str
    is_tripped: bool
    cause: str | None
    until_ns: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KillSwitch:
    """A kill switch that is on: its scope, the number of what it stops (0 of the venue), and since when."""

    scope: str
    number: int
    symbol: str | None
    since_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerStatus:
    """All of it. ``is_tripped`` is ``None`` while the state of a market is not known."""

    is_tripped: bool | None
    markets: Sequence[MarketBreaker]
    switches: Sequence[KillSwitch]


class Breakers:
    """Follows the breakers of a feed.

    Args:
        feed: the session.
    """

    def __init__(self, feed: MarketFeed) -> None:
        self._feed = feed
        self._states: dict[int, str] = {}
        self._causes: dict[int, tuple[str, int | None]] = {}
        self._switches: dict[tuple[str, int], KillSwitch] = {}
        # Where the newest report of each market and each switch stands in the log.
        self._newest: dict[int | tuple[str, int], Position] = {}
        feed.listen(self._hear)
        feed.listen_reports(self._hear_report)

    def recall(self, reports: Sequence[Report]) -> None:
        """Take reports that were told before, or are told again."""
        for report in reports:
            self._hear_report(report)

    def status(self) -> BreakerStatus:
        """Return what is known now."""
        markets, is_known = [], self._feed.is_connected
        for symbol in sorted(self._feed.instruments.symbols()):
            number = int(str(self._feed.instruments.definition(symbol).fields["instrument"]))
            if (state := self._states.get(number)) is None:
                is_known = False
                continue
            is_tripped = state in _STOPPED
            cause, until_ns = self._causes.get(number, (None, None)) if is_tripped else (None, None)
            markets.append(
                MarketBreaker(symbol=symbol, state=state, is_tripped=is_tripped, cause=cause, until_ns=until_ns)
            )
        switches = [self._switches[key] for key in sorted(self._switches)]
        is_tripped = any(one.is_tripped for one in markets) or any(one.scope == "VENUE" for one in switches)
        return BreakerStatus(is_tripped=is_tripped if is_known else None, markets=markets, switches=switches)

    def has_cause(self, symbol: str) -> bool:
        """Whether it was heard what stopped a market last."""
        fields = self._feed.instruments.definition(symbol).fields
        return int(str(fields["instrument"])) in self._causes

    def _hear(self, message: Message) -> None:
        state = message.fields.get("state")
        if isinstance(state, str):
            self._states[int(str(message.fields["channel.instrument"]))] = state

    def _hear_report(self, report: Report) -> None:
        instrument, event = report.fields.get("instrument"), report.exec_type
        if event in {"KillSwitchSet", "KillSwitchCleared"}:
            key = (_SCOPES[int(str(report.fields["other"]))], report.id)
            if not self._is_news(key, report):
                return
            self._switches.pop(key, None)
            if event == "KillSwitchSet":
                self._switches[key] = KillSwitch(
                    scope=key[0],
                    number=key[1],
                    symbol=self._symbol(key[1]) if key[0] == "SYMBOL" else None,
                    since_ns=report.ts_ns,
                )
        elif event not in _OF_MARKETS or not isinstance(instrument, int) or not self._is_news(instrument, report):
            return
        elif event == "BreakerTripped":
            rule = _RULES[report.id] if report.id < len(_RULES) else str(report.id)
            self._causes[instrument] = (f"RULE_{rule}", report.value or None)
        elif event == "HaltOrdered":
            self._causes[instrument] = ("MANUAL", report.value or None)
        elif event == "ResumeOrdered" or report.fields.get("other") not in _STOPPED_NUMBERS:
            # A stop is over that no report says the end of: what stops the market next has a cause of its own.
            self._causes.pop(instrument, None)

    def _is_news(self, key: int | tuple[str, int], report: Report) -> bool:
        """Whether a report is newer than what is known of a market or a switch; then it counts as known."""
        position = report.position or BEGINNING
        if position <= self._newest.get(key, BEGINNING):
            return False
        self._newest[key] = position
        return True

    def _symbol(self, number: int) -> str | None:
        instruments = self._feed.instruments
        named = ((name, instruments.definition(name).fields["instrument"]) for name in instruments.symbols())
        return next((name for name, found in named if found == number), None)
