"""``fairlead order``, ``positions`` and ``book``: a trader at the command line of a running service."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from tests.e2e.crews import OFTEN, eventually
from tests.e2e.terminal import typed
from tests.e2e.test_serve import Service
from tests.e2e.test_trading import Venue
from tests.e2e.venues import write_keys

from fairlead.cli.exit_codes import ExitCode

_ANN = "ann@example.com"


@pytest.fixture(scope="module")
def venue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Venue]:
    """Return a venue with a market and two traders."""
    directory = tmp_path_factory.mktemp("typed") / "venue"
    write_keys(directory)
    with Service(directory, *OFTEN) as service:
        yield Venue(service, directory)


def test_an_order_is_entered_seen_partly_filled_and_cancelled(venue: Venue) -> None:
    service = venue.service
    entered = typed(service, "order", "new", "ABC-USD", "buy", "5", "--price", "100.00", "--json", email=_ANN)
    order = json.loads(entered.stdout)
    assert (order["type"], order["status"], order["side"], order["schema"]) == ("LIMIT", "OPEN", "BUY", 1)
    book = json.loads(typed(service, "book", "ABC-USD", "--json", email=None).stdout)
    assert (book["bids"], book["asks"]) == ([["100.00", "5", 1]], [])
    assert venue.bob.place(side="SELL", quantity=2).status_code == 201

    def listed() -> list[str]:
        lines = typed(service, "order", "ls", "--symbol", "ABC-USD", email=_ANN).stdout.splitlines()
        assert lines[0].split()[:4] == ["order_id", "symbol", "side", "type"]
        return lines[1].split()

    eventually(lambda: listed()[4:8] == ["PARTIALLY_FILLED", "5", "2", "100.00"])
    held = json.loads(typed(service, "positions", "--json", email=_ANN).stdout)["positions"]
    assert [(one["symbol"], one["side"], one["quantity"], one["average_price"]) for one in held] == [
        ("ABC-USD", "LONG", "2", "100.00")
    ]
    canceled = typed(service, "order", "cancel", order["order_id"], email=_ANN).stdout
    assert f"order_id={order['order_id']} symbol=ABC-USD side=BUY type=LIMIT status=CANCELED" in canceled
    nothing = typed(service, "order", "ls", email=_ANN)
    assert (nothing.stdout, nothing.stderr) == ("", "no orders\n")
    everything = typed(service, "order", "ls", "--all", "--limit", "1", email=_ANN).stdout.splitlines()
    assert everything[1].split()[4] == "CANCELED"


def test_what_waits_and_what_lies_in_the_book_is_cancelled_at_once(venue: Venue) -> None:
    service = venue.service
    typed(service, "order", "new", "ABC-USD", "SELL", "1", "--trigger", "50.00", email=_ANN)
    typed(service, "order", "new", "ABC-USD", "SELL", "1", "--price", "200.00", "--post-only", email=_ANN)
    bought = typed(service, "order", "new", "ABC-USD", "BUY", "1", "--price", "90.00", email=_ANN)
    assert "status=OPEN" in bought.stdout
    assert typed(service, "order", "cancel-all", "--side", "SELL", email=_ANN).stdout == "canceled=2\n"
    assert typed(service, "order", "cancel-all", email=_ANN).stdout == "canceled=1\n"


def test_an_api_key_of_the_environment_asks_without_a_password(venue: Venue) -> None:
    made = venue.ann.ask("POST", "/api-keys", {"name": "desk", "scopes": ["read", "trade"]}).json()
    key = {"FAIRLEAD_KEY_ID": made["keyId"], "FAIRLEAD_KEY_SECRET": made["secret"]}
    words = ("order", "new", "ABC-USD", "BUY", "1", "--price", "90.00", "--client-order-id", "desk-1")
    entered = typed(venue.service, *words, email=None, **key)
    assert made["secret"] not in entered.stdout + entered.stderr
    assert "client_order_id=desk-1" in entered.stdout
    assert typed(venue.service, "order", "cancel-all", email=None, **key).stdout == "canceled=1\n"


def test_what_cannot_be_done_says_why_with_its_code(venue: Venue) -> None:
    service = venue.service
    off = typed(service, "order", "new", "ABC-USD", "BUY", "1", "--price", "100.03", email=_ANN, code=ExitCode.REJECTED)
    assert "100.03" in off.stderr
    odd = typed(service, "order", "new", "ABC-USD", "HOLD", "1", email=_ANN, code=ExitCode.USAGE)
    assert "HOLD" in odd.stderr
    much = typed(service, "order", "new", "ABC-USD", "BUY", "1e400", email=_ANN, code=ExitCode.USAGE)
    assert "quantity" in much.stderr
    gone = typed(service, "order", "cancel", "123456789", email=_ANN, code=ExitCode.NOT_FOUND)
    assert "123456789" in gone.stderr
    nowhere = typed(service, "book", "ZZZ", email=None, code=ExitCode.NOT_FOUND)
    assert "ZZZ" in nowhere.stderr
    assert typed(service, "order", "ls", email=_ANN).stderr == "no orders\n"


def test_a_book_that_is_watched_is_printed_again_as_it_moves(venue: Venue) -> None:
    url = str(venue.service.http.base_url).rstrip("/")
    command = [sys.executable, "-m", "fairlead", "book", "ABC-USD", "--watch", "--json", "--url", url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as watching:
        assert watching.stdout is not None
        first = json.loads(watching.stdout.readline())
        assert venue.bob.place(side="BUY", price="80.00", quantity=3).status_code == 201
        moved = json.loads(watching.stdout.readline())
        watching.terminate()
    assert first["bids"] == []
    assert moved["bids"] == [["80.00", "3", 1]]
    assert watching.returncode == -signal.SIGTERM
