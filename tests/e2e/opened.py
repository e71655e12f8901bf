"""A market that an operator opens over HTTP on a running service, and two users with money in it."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
from tests.e2e.test_serve import Service
from tests.e2e.test_trading import Trader
from tests.e2e.test_users import OPS, PASSWORD
from tests.e2e.venues import SECRET

from fairlead.client import Client

__all__ = ["Opened", "definition"]


def definition(symbol: str, **bounds: str) -> dict[str, Any]:
    """Return the body of a listing: whole units of an asset named like the market, paid in USD with two decimals."""
    return {
        "symbol": symbol,
        "baseAsset": symbol,
        "baseDecimals": 0,
        "quoteAsset": "USD",
        "quoteDecimals": 2,
        "priceDecimals": 2,
        "quantityDecimals": 0,
        "lotSize": "1",
        "minQuantity": "1",
        "maxQuantity": "10000",
    } | bounds


class Opened:
    """The market and its operator; Ann and Bob are there once it is open.

    Args:
        service: the service.
        directory: its data directory.
        listing: the body of its listing.
    """

    ann: Trader
    bob: Trader

    def __init__(self, service: Service, directory: Path, listing: dict[str, Any]) -> None:
        self.service, self._directory, self._symbol = service, directory, str(listing["symbol"])
        access = service.http.post("/auth/login", json={"email": OPS, "password": PASSWORD}).json()["accessToken"]
        self.ops = {"Authorization": f"Bearer {access}"}
        assert self.order("POST", "/markets", listing).status_code == 201

    def open(self, *, funds: Decimal, assets: Sequence[str]) -> None:
        """Let it trade; both users get so much of what is bought (``base``) or paid (``quote``)."""
        assert self.order("PATCH", f"/markets/{self._symbol}", {"state": "CONTINUOUS"}).status_code == 200
        self.ann, self.bob = (Trader(self.service, self._directory, f"{it}@example.com") for it in ("ann", "bob"))
        with Client(port=self.service.ready["gateway_port"], key_id="ops", secret=SECRET, role="operator") as ops:
            fields = ops.instruments.definition(self._symbol).fields
            for asset in assets:
                amount = int(funds * 10 ** int(str(fields[f"{asset}_decimals"])))
                for trader in (self.ann, self.bob):
                    moved = {"account": trader.account, "asset": fields[asset], "amount": amount}
                    assert not ops.command("Deposit", moved).is_rejected

    def order(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """Give an order as an operator."""
        return self.service.http.request(method, path, json=body, headers=self.ops)

    @staticmethod
    def has(trader: Trader) -> dict[str, Decimal]:
        """Return what a user has, by asset."""
        lines = trader.ask("GET", "/balances").json()["balances"]
        return {line["asset"]: Decimal(line["total"]) for line in lines if Decimal(line["total"])}
