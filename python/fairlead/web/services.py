"""What the routes work with: the services of one process, made elsewhere."""

from dataclasses import dataclass

from litestar.di import NamedDependency
from litestar.params import SkipValidation

from fairlead.domain.access.roles import Principal
from fairlead.ports.clock import Clock
from fairlead.ports.telemetry import Telemetry
from fairlead.services.access import Entry, KeyDesk, Recovery, Registration
from fairlead.services.audit import AuditDesk
from fairlead.services.figures import Figures
from fairlead.services.funding import FundsDesk, Teller
from fairlead.services.markets import Breakers, Corrections, LimitsDesk, Markets, Outcomes, VenueControl
from fairlead.services.order_quality import OrderQualities
from fairlead.services.projections import Records
from fairlead.services.rate_limits import RateLimits
from fairlead.services.readiness import Readiness
from fairlead.services.sessions import CalendarDesk
from fairlead.services.streaming import Sockets
from fairlead.services.trading import Trading
from fairlead.web.paging import PageSizes

__all__ = ["Asker", "Given", "Services"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The services of one process.

    Attributes:
        registration: how somebody becomes a user.
        entry: how a user comes in and goes.
        desk: keys of machines.
        readiness: whether what is needed is there.
        clock: the time.
        markets: what the markets look like.
        limits: how often each may ask.
        records: what can be read of what happened.
        trading: orders, and the account of each user at the exchange.
        breakers: where trading is stopped.
        control: what operators do to the markets.
        outcomes: markets of events.
        corrections: trades that are taken back or corrected.
        funds: asking for money to come in or go out.
        teller: moving it.
        telemetry: what counts.
        figures: what was counted, for who may read it.
        pages: how long lists are.
        sockets: live connections.
        quality: how well orders were executed.
        calendars: when markets open and close.
        recovery: how a user gets another password.
        audit: what happened, of everybody.
        account_limits: what risk managers set for an account.
    """

    registration: Registration
    entry: Entry
    desk: KeyDesk
    readiness: Readiness
    clock: Clock
    markets: Markets
    limits: RateLimits
    records: Records
    trading: Trading
    breakers: Breakers
    control: VenueControl
    outcomes: Outcomes
    corrections: Corrections
    funds: FundsDesk
    teller: Teller
    telemetry: Telemetry
    figures: Figures
    pages: PageSizes
    sockets: Sockets
    quality: OrderQualities
    calendars: CalendarDesk
    recovery: Recovery
    audit: AuditDesk
    account_limits: LimitsDesk

    def named(self, symbol: str) -> str:
        """Return the symbol of the market that a request names, by its symbol or another name of it."""
        return self.trading.symbols.canonical(symbol)


# Made by the application and by the guard, never by a request: nothing to validate.
Given = NamedDependency[SkipValidation[Services]]
Asker = NamedDependency[SkipValidation[Principal]]
