"""A venue to test clients against: keys, a market, a process that can be killed."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fairlead.client import Client

SECRET = "5a" * 32
# Key id, session, account, role.
KEYS = (
    ("ops", 1, 0, "operator"),
    ("alice", 2, 1, "trading"),
    ("bob", 3, 2, "trading"),
    ("audit", 4, 0, "dropcopy"),
    ("feed", 5, 0, "marketdata"),
    ("web", 6, 0, "frontend"),
)


def write_keys(directory: Path) -> None:
    directory.mkdir(mode=0o700, exist_ok=True)
    path = directory / "gateway.keys"
    rates = "orders_per_s=1000000 cancels_per_s=1000000"
    path.write_text(
        "".join(f"{key} {session} {account} {role} hmac {SECRET} {rates}\n" for key, session, account, role in KEYS)
    )
    path.chmod(0o600)


def make_market(port: int, **options: Any) -> None:
    """List ABC in USD with two decimals of price, and open two credit accounts."""
    with Client(port=port, key_id="ops", secret=SECRET, role="operator", **options) as ops:
        ops.command("AddAsset", {"symbol": "ABC", "decimals": 0})
        ops.command("AddAsset", {"symbol": "USD", "decimals": 2})
        listed = ops.command("ListInstrument", instrument(), entries=({"from": 0, "tick": 1},))
        assert not listed.is_rejected, listed
        for name in ("alice", "bob"):
            ops.command("AddAccount", {"name": name, "kind": "Credit", "stp_group": 0, "fees": 0})
        ops.command("SetTradingState", {"instrument": 0, "state": "Continuous"})


def instrument() -> dict[str, Any]:
    return {
        "symbol": "ABC-USD",
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


class Process:
    """``fairlead engine`` on a directory; killed without mercy at the end."""

    def __init__(
        self,
        directory: Path,
        *,
        port: int = 0,
        durability: str = "group",
        options: Sequence[str] = (),
        snapshot_every: int = 1_000_000,
    ) -> None:
        command = [sys.executable, "-c", "from fairlead.cli import main; main()", "engine", "--json"]
        command += ["--data", str(directory), "--port", str(port), "--durability", durability, *options]
        command += ["--snapshot-every", str(snapshot_every)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            _, errors = self.process.communicate(timeout=30)
            raise AssertionError(f"the engine did not start: code={self.process.returncode} {errors}")
        self.ready: dict[str, Any] = json.loads(line)
        self.port: int = self.ready["port"]

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=30)

    def end(self) -> int:
        self.process.terminate()
        self.process.communicate(timeout=30)
        return self.process.returncode

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.kill()
