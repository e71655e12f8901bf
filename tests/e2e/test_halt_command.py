"""``fairlead halt`` and ``fairlead resume``: what is stopped stays stopped, until it is resumed."""

import json
import threading
from collections.abc import Callable
from pathlib import Path

from tests.e2e.crews import eventually
from tests.e2e.terminal import typed
from tests.e2e.test_serve import Service
from tests.e2e.test_trading import Venue
from tests.e2e.test_users import OPS, PASSWORD, created
from tests.e2e.venues import SECRET

from fairlead.cli.exit_codes import ExitCode
from fairlead.client import Client
from fairlead.model.request import OrderWords

_OTHER = "other@example.com"
_ORDER: OrderWords = {"symbol": "ABC-USD", "side": "buy", "order_qty": 1, "price": "1.00"}
_AFTER = 20


class Sender(threading.Thread):
    """A trader who enters orders without end, and then some more once it is told that all is stopped."""

    def __init__(self, send: Callable[[], str | None], stopped: threading.Event) -> None:
        super().__init__(daemon=True)
        self._send = send
        self._stopped = stopped
        self.before: list[str | None] = []
        self.after: list[str | None] = []

    def run(self) -> None:
        while len(self.after) < _AFTER:
            # Asked before it is sent: what is sent then is sent after the answer to the halt.
            refusals = self.after if self._stopped.is_set() else self.before
            refusals.append(self._send())


def test_no_order_is_taken_after_a_halt_whoever_goes_on_sending(directory: Path) -> None:
    created(directory, _OTHER)
    with Service(directory) as service:
        venue = Venue(service, directory)
        stopped = threading.Event()
        with Client(port=service.ready["gateway_port"], key_id="alice", secret=SECRET) as alice:
            senders = [
                Sender(lambda: alice.submit(**_ORDER).reason, stopped),
                Sender(lambda: venue.ann.place(price="1.00", quantity=1).json().get("code"), stopped),
            ]
            for sender in senders:
                sender.start()
            eventually(lambda: all(len(sender.before) > 20 for sender in senders))
            halted = json.loads(typed(service, "halt", "--reason", "runaway", "--json", email=OPS).stdout)
            stopped.set()
            for sender in senders:
                sender.join(60)
        assert [sender.after for sender in senders] == [["KILL_SWITCH"] * _AFTER] * 2
        taken = [refusal for sender in senders for refusal in sender.before if refusal is None]
        assert halted["canceled_orders"] == len(taken) > 40
        assert service.end() == (ExitCode.OK, "")

    with Service(directory) as service:
        venue.ann.use(service)
        refused = venue.ann.place()
        assert (refused.status_code, refused.json()["code"]) == (422, "KILL_SWITCH")
        assert venue.ann.ask("DELETE", "/orders").json() == {"canceled": 0}
        stands = typed(service, "status", email=None, code=ExitCode.HALTED)
        assert "kill switch: scope=VENUE" in stands.stdout
        same = typed(service, "resume", "--reason", "mended", email=OPS, code=ExitCode.REJECTED)
        assert "SAME_OPERATOR" in same.stderr
        typed(service, "resume", "--reason", "mended", email=_OTHER)
        assert venue.ann.place().status_code == 201
        again = typed(service, "resume", "--reason", "mended", email=_OTHER, code=ExitCode.REJECTED)
        assert "NOT_TRIPPED" in again.stderr


def test_a_halt_of_one_market_or_account_leaves_the_others(directory: Path) -> None:
    with Service(directory) as service:
        venue = Venue(service, directory)
        typed(service, "halt", "--account", str(venue.ann.account), "--reason", "drawdown", email=OPS)
        assert venue.ann.place().status_code == 422
        assert venue.bob.place().status_code == 201
        told = typed(service, "halt", "--symbol", "ABC-USD", "--reason", "news", "--json", email=OPS)
        assert json.loads(told.stdout)["canceled_orders"] == 1
        assert venue.bob.place().status_code == 422


def test_who_may_not_halt_is_told_and_nothing_changes(directory: Path) -> None:
    with Service(directory) as service:
        venue = Venue(service, directory)
        trader = typed(service, "halt", "--reason", "me", email="ann@example.com", code=ExitCode.USAGE)
        assert "not allowed: permission=kill role=trader" in trader.stderr
        both = ("--symbol", "ABC-USD", "--account", "1001")
        scope = typed(service, "halt", "--reason", "x", *both, email=OPS, code=ExitCode.USAGE)
        assert "a kill switch has one scope: symbol=ABC-USD account=1001" in scope.stderr
        nobody = typed(service, "halt", "--reason", "x", email=None, code=ExitCode.USAGE, FAIRLEAD_KEY_ID="k")
        assert "--email is missing, and FAIRLEAD_KEY_ID with FAIRLEAD_KEY_SECRET" in nobody.stderr
        unknown = typed(service, "halt", "--reason", "x", "--symbol", "ZZZ", email=OPS, code=ExitCode.NOT_FOUND)
        assert "ZZZ" in unknown.stderr
        assert venue.ann.place().status_code == 201


def test_who_may_not_log_in_for_now_is_told_of_keys_and_halts_with_one(directory: Path) -> None:
    with Service(directory, "--set", "limits.ip_logins_per_min=1") as service:
        login = service.http.post("/auth/login", json={"email": OPS, "password": PASSWORD})
        headers = {"Authorization": f"Bearer {login.json()['accessToken']}"}
        made = service.http.post("/api-keys", json={"name": "stop", "scopes": ["admin"]}, headers=headers).json()
        key = {"FAIRLEAD_KEY_ID": made["keyId"], "FAIRLEAD_KEY_SECRET": made["secret"]}

        kept_out = typed(service, "halt", "--reason", "x", email=OPS, code=ExitCode.USAGE)
        halted = [typed(service, "halt", "--reason", "x", email=None, **key) for _ in range(3)]

        assert "RATE_LIMITED" in kept_out.stderr
        assert "an API key needs no login: FAIRLEAD_KEY_ID and FAIRLEAD_KEY_SECRET" in kept_out.stderr
        assert all("canceled_orders=0" in done.stdout for done in halted)
