"""``fairlead halt`` and ``fairlead resume``: the kill switch of a running service, for who must stop it now."""

from __future__ import annotations

from typing import Annotated

import typer

from fairlead.cli.asking import LOCAL, Email, Json, Url, asking, told

_Symbol = Annotated[str | None, typer.Option(metavar="SYMBOL", help="Only this market.")]
_Account = Annotated[
    int | None, typer.Option(metavar="NUMBER", min=1, help="Only this account; without either the whole venue.")
]
_Reason = Annotated[str, typer.Option(metavar="WORD", help="Why; it stands in the log. 1 to 36 printable characters.")]


def halt(
    *,
    reason: _Reason,
    symbol: _Symbol = None,
    account: _Account = None,
    reducing: Annotated[
        bool, typer.Option("--reducing", help="Leave orders that only make a position smaller, and let them in.")
    ] = False,
    email: Email = None,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Stop a service now: cancel every open order, let none in.

    Cancels still pass. It holds over a restart until another operator says fairlead resume. To stop the trading of a
    market and keep its orders: fairlead markets halt.

    With --email it logs in each time, and logins are counted (limits.ip_logins_per_min: 10 a minute and address). An
    API key with the scope admin, in FAIRLEAD_KEY_ID and FAIRLEAD_KEY_SECRET, is not kept out by that.

    Exit codes: 0 it is on, 2 it cannot be meant or not be done by who asks, 5 no answer or one in doubt: say it again,
    it does no harm twice, 6 the exchange refused.

    Example:  fairlead halt --reason runaway --email risk@example.com
    """
    from fairlead.sdk import operator_calls

    call = operator_calls.kill(reason=reason, symbol=symbol, account=account, reducing=reducing)
    with asking(url, email=email) as client:
        answer = client.ask(call)
    about = {"seq": answer.seq, "time": answer.time.utc.isoformat(), "canceled_orders": answer.canceled_orders}
    told(about, as_json=as_json)


def resume(
    *,
    reason: _Reason,
    symbol: _Symbol = None,
    account: _Account = None,
    email: Email = None,
    url: Url = LOCAL,
    as_json: Json = False,
) -> None:
    """Let orders in again where fairlead halt stopped them.

    By another operator than the one who stopped it, and for the same scope.

    Exit codes: 0 it is off, 2 it cannot be meant or not be done by who asks, 5 no answer or one in doubt: look at
    fairlead status, 6 the exchange refused: it was not on, or you are the one who stopped it.

    Example:  fairlead resume --reason mended --email other@example.com
    """
    from fairlead.sdk import operator_calls

    call = operator_calls.release(reason=reason, symbol=symbol, account=account)
    with asking(url, email=email) as client:
        answer = client.ask(call)
    told({"seq": answer.seq, "time": answer.time.utc.isoformat()}, as_json=as_json)
