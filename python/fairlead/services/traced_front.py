"""The session to the exchange, with every order, amend and cancel timed and traced on its way."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeVar, cast

from fairlead.errors import FairleadError, UnavailableError
from fairlead.model.report import Report
from fairlead.ports.front import Front
from fairlead.ports.telemetry import Telemetry
from fairlead.services.trail import Trail

__all__ = ["traced"]

F = TypeVar("F", bound=Front)
_TIMED: Final = {
    "submit": "order",
    "submit_stop": "order",
    "submit_group": "order",
    "amend": "amend",
    "cancel": "cancel",
    "mass_cancel": "cancel",
}


def traced(front: F, *, telemetry: Telemetry, trail: Trail, now_ns: Callable[[], int]) -> F:
    """Return the session, timed and traced.

    Args:
        front: the session.
        telemetry: what counts.
        trail: what remembers who entered an order.
        now_ns: a clock that never goes back.
    """
    return cast("F", _Traced(front, telemetry=telemetry, trail=trail, now_ns=now_ns))


class _Traced:
    """Stands before a session; what is neither timed nor traced is the session's own."""

    def __init__(self, front: Front, *, telemetry: Telemetry, trail: Trail, now_ns: Callable[[], int]) -> None:
        self._front, self._telemetry, self._trail, self._now_ns = front, telemetry, trail, now_ns

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._front, name)
        if name in _TIMED:
            # Asked for once: from then on it is an attribute.
            found = self.__dict__[name] = self._timed(_TIMED[name], found)
        return found

    def _timed(self, kind: str, ask: Callable[..., Awaitable[Report]]) -> Callable[..., Awaitable[Report]]:
        async def timed(*given: Any, **words: Any) -> Report:
            if kind == "order":
                for order in _orders(given, words):
                    self._trail.enters(account=order.get("account") or 0, cl_ord_id=str(order.get("cl_ord_id")))
            began_ns, outcome = self._now_ns(), "unanswered"
            try:
                report = await ask(*given, **words)
                outcome = "refused" if report.is_rejected else "accepted"
            except UnavailableError:
                raise
            except FairleadError:
                outcome = "refused"
                raise
            finally:
                self._telemetry.order_processed(kind=kind, outcome=outcome, took_ns=self._now_ns() - began_ns)
            return report

        return timed


def _orders(given: Sequence[Any], words: dict[str, Any]) -> list[dict[str, Any]]:
    """The orders of a call: those of the legs of a group, else the one whose words they are."""
    legs = words.get("legs", given[1] if len(given) > 1 else None)
    return [words] if legs is None else [order for order, _ in legs]
