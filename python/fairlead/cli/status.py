"""``fairlead status``: what a running service says of itself and of its markets, once or again and again."""

import contextlib
import http.client
import json
import sys
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final, NoReturn
from urllib.parse import SplitResult, urlsplit

import typer

from fairlead.cli.exit_codes import ExitCode
from fairlead.errors import UnavailableError, UsageError

_WAIT_S: Final = 5.0
_EVERY_S: Final = 1.0
_UNAVAILABLE: Final = 503
_CLEAR: Final = "\x1b[H\x1b[J"
_KINDS: Final = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    """What the service said."""

    url: str
    time: str
    status: str
    circuit_breaker: str
    parts: dict[str, bool]
    markets: list[dict[str, str | None]]
    kill_switches: list[dict[str, str | None]]


def status(
    *,
    url: Annotated[
        str, typer.Option("--url", envvar="FAIRLEAD_URL", metavar="URL", help="Where the service is.")
    ] = "http://127.0.0.1:8080",
    watch: Annotated[bool, typer.Option("--watch", help="Ask again each second, until Ctrl-C.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object; with --watch one a line.")] = False,
) -> None:
    """Tell whether a service can work, and how markets stand.

    Part by part, and each market with its state and last price. Nobody needs to be known for it. --watch goes on where
    no service answers, and says since when.

    Exit codes: 0 it can and trading is not stopped, 5 no answer or a part that orders need is not there, 7 a market is
    halted or a kill switch is on.

    Example:  fairlead status --watch
    """
    if watch:
        _watch(url, as_json=as_json)
    standing = _ask(url)
    _show(standing, as_json=as_json)
    if standing.status != "READY":
        raise typer.Exit(ExitCode.UNAVAILABLE)
    if standing.circuit_breaker == "TRIPPED":
        raise typer.Exit(ExitCode.HALTED)


def _watch(url: str, *, as_json: bool) -> NoReturn:
    away_since: str | None = None
    while True:
        try:
            standing = _ask(url)
        except UnavailableError as error:
            away_since = away_since or datetime.now(tz=UTC).isoformat(timespec="seconds")
            _clear(as_json=as_json)
            _show_away(url, away_since, str(error), as_json=as_json)
        else:
            away_since = None
            _clear(as_json=as_json)
            _show(standing, as_json=as_json)
        time.sleep(_EVERY_S)


def _clear(*, as_json: bool) -> None:
    if not as_json and sys.stdout.isatty():
        typer.echo(_CLEAR, nl=False)


def _show_away(url: str, since: str, why: str, *, as_json: bool) -> None:
    if as_json:
        said = {"schema": 1, "status": "NO_ANSWER", "url": url, "since": since, "error": why}
        typer.echo(json.dumps(said, sort_keys=True))
        return
    typer.echo(f"no answer since {since}  {url}\n{why}")


def _ask(url: str) -> _Standing:
    now, ready = _get(url, "/time"), _get(url, "/ready")
    breakers, listed = _get(url, "/circuit-breaker/status"), _get(url, "/markets")
    causes = {one["symbol"]: one["cause"] for one in breakers["markets"]}
    return _Standing(
        url=url,
        time=now["time"],
        status=ready["status"],
        circuit_breaker=breakers["circuitBreakerStatus"],
        parts={part["name"]: part["isReady"] for part in ready["parts"]},
        markets=[
            {
                "symbol": one["symbol"],
                "state": one["state"],
                "last_price": one["lastPrice"],
                "stopped_by": causes.get(one["symbol"]),
            }
            for one in listed["markets"]
        ],
        kill_switches=breakers["killSwitches"],
    )


def _address(url: str) -> SplitResult:
    # A port that is none raises where it is looked at.
    with contextlib.suppress(ValueError):
        where = urlsplit(url)
        if where.scheme in _KINDS and where.hostname and where.port != 0:
            return where
    raise UsageError(f"no address of a service: url={url}; as in http://127.0.0.1:8080")


def _get(url: str, path: str) -> dict[str, Any]:
    where = _address(url)
    try:
        connection = _KINDS[where.scheme](where.hostname or "", where.port, timeout=_WAIT_S)
        try:
            connection.request("GET", where.path.rstrip("/") + path)
            answer = connection.getresponse()
            said: dict[str, Any] = json.loads(answer.read())
        finally:
            connection.close()
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise UnavailableError(
            f"no service answers: url={url}{path} error={type(error).__name__} {error}; start one with: fairlead serve"
        ) from None
    if answer.status not in {http.client.OK, _UNAVAILABLE} or "code" in said:
        raise UnavailableError(f"the service does not say: url={url}{path} status={answer.status} {said.get('detail')}")
    return said


def _show(standing: _Standing, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(asdict(standing) | {"schema": 1}, sort_keys=True))
        return
    typer.echo(f"{standing.status}  circuit breaker {standing.circuit_breaker}  {standing.url}  {standing.time}")
    typer.echo("  ".join(f"{name} {'ready' if is_ready else 'MISSING'}" for name, is_ready in standing.parts.items()))
    rows = [[value or "" for value in market.values()] for market in standing.markets]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(4)]
    for symbol, state, last_price, cause in rows:
        line = f"{symbol:<{widths[0]}}  {state:<{widths[1]}}  {last_price:>{widths[2]}}  {cause}"
        typer.echo(line.rstrip())
    for switch in standing.kill_switches:
        what = " ".join(f"{name}={value}" for name, value in switch.items() if value is not None)
        typer.echo(f"kill switch: {what}")
