"""A venue to load: the service as a process, its operator, a market and a trader with money."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fairlead.client import Client

SECRET = "5a" * 32
JSON = {"Content-Type": "application/json"}
_CREDENTIALS = {"email": "ann@example.com", "password": "violet-anchor-42"}
_RATES = "orders_per_s=1000000 cancels_per_s=1000000"
_RAISED = (
    "account_reads_per_s",
    "account_orders_per_s",
    "account_cancels_per_s",
    "key_requests_per_s",
    "ip_requests_per_s",
    "ip_cancels_per_s",
)
_RAISED_BYTES = ("account_bytes_per_s", "ip_bytes_per_s", "connection_bytes_per_s")
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_INSTRUMENT = {
    "base": 0,
    "quote": 1,
    "price_decimals": 2,
    "qty_decimals": 0,
    "lot_size": 1,
    "min_qty": 1,
    "max_qty": 1_000_000,
    "min_notional": 0,
    "max_notional": 10**12,
    "min_price": 1,
    "max_price": 10_000_000,
    "allow_negative": False,
    "allocation": "Fifo",
    "stp_default": "None",
    "max_slippage_bps": 1_000,
    "seed": 1,
}


@dataclass(frozen=True, slots=True)
class Server:
    """A process that answers on a port."""

    process: subprocess.Popen[str]
    ready: dict[str, Any]

    @property
    def port(self) -> int:
        """Where it answers HTTP."""
        return int(self.ready["port"])

    def cpu_s(self) -> float:
        """Processor time of all its threads so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S

    def rss_bytes(self) -> int:
        """Memory it has in use."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def served(command: list[str]) -> Iterator[Server]:
    """Start a server, which says in a line of JSON where it is, and end it."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"a server did not start: command={command[-1]} code={process.wait()}")
        yield Server(process, json.loads(line))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


@contextmanager
def service(directory: Path, *, settings: Mapping[str, object] | None = None) -> Iterator[Server]:
    """Start the service in a directory, with limits that leave the load alone."""
    data = directory / "venue"
    data.mkdir(mode=0o700, exist_ok=True)
    if not (data / "gateway.keys").exists():
        write_keys(directory, [])
    command = [sys.executable, "-c", "from fairlead.cli import main; main()", "serve", "--json"]
    command += ["--data", str(data), "--port", "0", "--gateway-port", "0"]
    chosen = {f"limits.{name}": 100_000 for name in _RAISED} | {f"limits.{name}": 2**30 for name in _RAISED_BYTES}
    chosen |= {"log.file": directory / "service.log"}
    for name, value in (chosen | dict(settings or {})).items():
        command += ["--set", f"{name}={value}"]
    with served(command) as server:
        yield server


def write_keys(directory: Path, accounts: list[int]) -> None:
    """Make the operator's key ``ops`` and the keys ``k0``, ``k1``, ... of some accounts."""
    lines = [f"ops 1 0 operator hmac {SECRET} {_RATES}"]
    lines += [f"k{n} {n + 2} {account} trading hmac {SECRET} {_RATES}" for n, account in enumerate(accounts)]
    keys = directory / "venue" / "gateway.keys"
    keys.write_text("\n".join(lines) + "\n", encoding="ascii")
    keys.chmod(0o600)


@contextmanager
def operator(server: Server) -> Iterator[Client]:
    """Log on as the operator."""
    with Client(port=server.ready["gateway_port"], key_id="ops", secret=SECRET, role="operator") as ops:
        yield ops


def list_market(ops: Client, symbol: str, number: int) -> None:
    """List ``symbol`` of the two first assets, which are made with the first market, and open it."""
    if number == 0:
        for name, decimals in (("ABC", 0), ("USD", 2)):
            ops.command("AddAsset", {"symbol": name, "decimals": decimals})
    entries = ({"from": 0, "tick": 1},)
    listed = ops.command("ListInstrument", {"symbol": symbol, **_INSTRUMENT}, entries=entries)
    ops.command("SetTradingState", {"instrument": number, "state": "Continuous"})
    if listed.is_rejected:
        raise RuntimeError(f"the market was refused: {listed.reason}")


def desks(ops: Client, count: int) -> list[int]:
    """Open so many accounts on credit, for connections of the gateway."""
    words = ({"name": f"desk-{number}", "kind": "Credit", "stp_group": 0, "fees": 0} for number in range(count))
    return [int(str(ops.command("AddAccount", each).fields["account"])) for each in words]


def fund(ops: Client, account: int, amounts: Mapping[int, int]) -> None:
    """Deposit so many units of each asset."""
    for asset, amount in amounts.items():
        paid = ops.command("Deposit", {"account": account, "asset": asset, "amount": amount})
        if paid.is_rejected:
            raise RuntimeError(f"a deposit was refused: {paid.reason}")


def register(server: Server, directory: Path) -> tuple[int, dict[str, str]]:
    """Make a user; its account and the headers of its requests."""
    call(server, "POST", "/auth/register", {}, _CREDENTIALS)
    outbox = (directory / "venue" / "outbox.jsonl").read_text(encoding="utf-8").splitlines()
    account = call(server, "POST", "/auth/verify", {}, {"token": json.loads(outbox[-1])["token"]})["account"]
    return int(account), log_in(server)


def log_in(server: Server) -> dict[str, str]:
    """The headers of requests of the user."""
    tokens = call(server, "POST", "/auth/login", {}, _CREDENTIALS)
    return {"Authorization": f"Bearer {tokens['accessToken']}"}


def call(server: Server, method: str, path: str, headers: dict[str, str], body: Any = None) -> dict[str, Any]:
    """One request; an answer that is no success ends the measurement."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}{path}", data=data, headers=headers | JSON, method=method
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        found: dict[str, Any] = json.loads(answer.read() or b"{}")
    return found
