"""What every desk works with, and the one way in which a request goes to the exchange and its no comes back."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from fairlead.domain.trading.errors import InDoubtError, RequestError
from fairlead.domain.trading.refused import refused
from fairlead.domain.trading.words import field_of
from fairlead.errors import InternalError, MisfitError, NotFoundError, UnavailableError
from fairlead.model.report import Report
from fairlead.ports.front import Front
from fairlead.ports.instruments import InstrumentScales
from fairlead.ports.secrets import Secrets
from fairlead.services.trading.recent_orders import RecentOrders
from fairlead.services.trading.symbols import UNKNOWN, Symbols
from fairlead.wire import WireError

__all__ = ["Floor", "check_account"]

_ID_BYTES: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """The session to the exchange and what is known beside it.

    Attributes:
        front: the session; it names the account of each order.
        reads: what became of orders.
        instruments: decimals of their numbers.
        symbols: which of them a symbol means.
        secrets: where client ids come from that nobody gave.
    """

    front: Front
    reads: RecentOrders
    instruments: InstrumentScales
    symbols: Symbols
    secrets: Secrets

    def client_id(self, given: str | None) -> str:
        """Return the client id that was given, or one that nobody had before."""
        return self.secrets.token_bytes(_ID_BYTES).hex() if given is None else given

    async def ask(
        self,
        send: Callable[[], Awaitable[Report]],
        *,
        what: object,
        in_doubt: str,
        symbol: str | None = None,
        is_sale: bool = False,
        is_no: bool = False,
        named: Callable[[MisfitError], str] = field_of,
    ) -> Report:
        """Send one request and return the answer of the exchange, which is yes.

        Args:
            send: sends it, perhaps twice: an instrument that was listed a moment ago is asked for first.
            what: what it is, with its ids, for people: its text is asked for where the answer is no.
            in_doubt: what to do where no answer comes.
            symbol: the instrument, where there is one.
            is_sale: whether it sells.
            is_no: whether it is an order of NO, in terms of YES.
            named: says how the API names the number that does not fit.

        Raises:
            RefusedError: the exchange says no.
            RequestError: it cannot be sent.
            InDoubtError: no answer came in time.
        """
        if symbol is not None and self.instruments.scales(symbol) is None:
            await self.instruments.refresh()
        try:
            report = await send()
        except NotFoundError:
            raise refused(UNKNOWN, what=str(what)) from None
        except MisfitError as error:
            raise RequestError(
                error.code, field=named(error), value=error.value, limit=error.limit, fix=error.fix
            ) from None
        except WireError as error:
            raise RequestError(
                "VALIDATION_ERROR", field="body", value=str(what), limit=str(error), fix="give smaller numbers or texts"
            ) from None
        except UnavailableError:
            raise InDoubtError(str(what), fix=in_doubt) from None
        if report.is_rejected:
            scales = None if symbol is None else self.instruments.scales(symbol)
            raise refused(report, what=str(what), scales=scales, is_sale=is_sale, is_no=is_no)
        return report


def check_account(account: int) -> int:
    """Return the number of an account that may trade: not the venue's own, and not every account.

    Raises:
        InternalError: it is none; nothing was sent.
    """
    if account <= 0:
        raise InternalError(f"an order without an account must not be sent: account={account}")
    return account
