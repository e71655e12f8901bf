"""``fairlead markets``: an operator at the command line does to a running service what the routes do."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.e2e.crews import eventually
from tests.e2e.test_outcomes import RAIN
from tests.e2e.test_serve import Service
from tests.e2e.test_trading import Trader
from tests.e2e.test_users import OPS, PASSWORD

from fairlead import RestClient
from fairlead.cli.exit_codes import ExitCode
from fairlead.sdk import FeeRates, FeeSchedule

_CALL = [sys.executable, "-c", "from fairlead.cli import main; main()", "markets"]


class Desk:
    """A running service and the command line of its operator."""

    def __init__(self, service: Service, directory: Path) -> None:
        self.url, self._home = str(service.http.base_url), directory.parent

    def run(
        self, *words: str, code: int = ExitCode.OK, email: str | None = OPS, given: str = PASSWORD
    ) -> subprocess.CompletedProcess[str]:
        who = [] if email is None else ["--email", email]
        command = [*_CALL, *words, "--url", self.url, *who]
        done = subprocess.run(
            command, input=f"{given}\n", capture_output=True, text=True, timeout=60, check=False, cwd=self._home
        )
        assert done.returncode == code, done.stderr
        assert given not in done.stdout + done.stderr
        return done

    def told(self) -> dict[str, dict[str, Any]]:
        done = self.run("list", "--json", email=None)
        return {market["symbol"]: market for market in json.loads(done.stdout)["markets"]}

    def write(self, name: str, content: str) -> str:
        (self._home / name).write_text(content)
        return name


def _definition(**changed: Any) -> str:
    return json.dumps(RAIN | changed)


def test_a_market_of_an_event_lives_and_ends_at_the_command_line(directory: Path) -> None:
    with Service(directory) as service:
        desk = Desk(service, directory)
        desk.run("add", desk.write("rain.json", _definition()))
        desk.run("outcome", "RAIN", "NO-RAIN")
        opened = desk.run("state", "RAIN", "CONTINUOUS")
        assert opened.stdout == "symbol=RAIN state=CONTINUOUS ticks=0.00:0.01 no_asset=NO-RAIN\n"
        desk.run("fees", "1", "--maker-ppm", "-10", "--taker-ppm", "250")
        desk.run("halt", "RAIN", "--reason", "news")
        assert desk.told()["RAIN"]["state"] == "HALTED"
        done = json.loads(desk.run("resume", "RAIN", "--reason", "over", "--json").stdout)
        assert int(done["seq"]) > 0
        desk.run("settle", "RAIN", "0.25")
        assert desk.told()["RAIN"]["state"] == "DELISTED"
        assert service.http.get("/outcomes/RAIN").json()["yesPays"] == "0.25"
        again = desk.run("void", "RAIN", code=ExitCode.REJECTED)
        assert "DELISTED" in again.stderr


def test_an_account_pays_by_the_schedule_it_was_moved_to(directory: Path) -> None:
    with Service(directory) as service:
        desk = Desk(service, directory)
        ann = Trader(service, directory, "ann@example.com")
        account = str(ann.account)

        def schedule() -> dict[str, Any]:
            return dict(ann.ask("GET", "/fees").json()["schedule"])

        nothing = {"makerPpm": 0, "takerPpm": 0}
        assert schedule() == {"number": 0, **nothing, "variance": nothing}
        never_set = desk.run("account-fees", account, "3", code=ExitCode.REJECTED)
        assert "UNKNOWN_SCHEDULE" in never_set.stderr
        assert "schedule 3" in never_set.stderr
        assert "PATCH /fee-schedules/{schedule}, or fairlead markets fees" in never_set.stderr
        desk.run("fees", "3", "--maker-ppm", "-10", "--taker-ppm", "250")
        desk.run("account-fees", account, "3")
        eventually(lambda: schedule() == {"number": 3, "makerPpm": -10, "takerPpm": 250, "variance": nothing})
        odd = desk.run("fees", "3", "--base", "CARATS", "--maker-ppm", "0", "--taker-ppm", "0", code=ExitCode.USAGE)
        assert "base" in odd.stderr
        desk.run("fees", "3", "--base", "VARIANCE", "--maker-ppm", "0", "--taker-ppm", "70000")
        of_events = {"makerPpm": 0, "takerPpm": 70_000}
        eventually(lambda: schedule() == {"number": 3, "makerPpm": -10, "takerPpm": 250, "variance": of_events})
        with RestClient(desk.url, email="ann@example.com", password=PASSWORD) as client:
            assert client.fetch_fee_schedule() == FeeSchedule(
                number=3, maker_ppm=-10, taker_ppm=250, variance=FeeRates(maker_ppm=0, taker_ppm=70_000)
            )
            assert client.fetch_fees() == ()


def test_what_cannot_be_done_says_why_and_changes_nothing(directory: Path) -> None:
    with Service(directory) as service:
        desk = Desk(service, directory)
        desk.run("add", desk.write("rain.json", _definition()))
        refused = desk.run("add", "rain.json", code=ExitCode.REJECTED)
        assert "DUPLICATE_NAME" in refused.stderr
        desk.run("add", "nowhere.json", code=ExitCode.NOT_FOUND)
        broken = desk.run("add", desk.write("broken.json", "{"), code=ExitCode.DATA)
        assert "no JSON" in broken.stderr
        odd = desk.run("add", desk.write("odd.json", _definition(surprise=1)), code=ExitCode.USAGE)
        assert "surprise" in odd.stderr
        desk.run("halt", "SNOW", "--reason", "news", code=ExitCode.NOT_FOUND)
        desk.run("state", "RAIN", "CONTINUOUS", given="wrong-password-1", code=ExitCode.USAGE)
        assert desk.told()["RAIN"]["state"] == "PRE_LISTED"
    desk.run("list", email=None, code=ExitCode.UNAVAILABLE)
