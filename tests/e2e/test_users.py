"""``fairlead users``: made, listed and disabled beside a service and without one; a password is never an argument."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.test_serve import Service

from fairlead.cli.exit_codes import ExitCode

_CALL = [sys.executable, "-c", "from fairlead.cli import main; main()", "users"]
OPS = "ops@example.com"
PASSWORD = "violet-anchor-42"


def users(
    directory: Path, *options: str, given: str | None = None, code: int = ExitCode.OK
) -> subprocess.CompletedProcess[str]:
    """Run ``fairlead users`` and check its exit code."""
    command = [*_CALL, options[0], "--data", str(directory), *options[1:]]
    done = subprocess.run(
        command, input=given or "", capture_output=True, text=True, timeout=60, check=False, cwd=directory.parent
    )
    assert done.returncode == code, done.stderr
    return done


def created(directory: Path, email: str, role: str = "operator", given: str = PASSWORD) -> dict[str, Any]:
    """Make a user and return what is said about it."""
    done = users(directory, "create", "--role", role, "--email", email, "--json", given=f"{given}\n")
    assert given not in done.stdout + done.stderr
    about: dict[str, Any] = json.loads(done.stdout)
    return about


def test_the_first_operator_comes_before_the_service_and_can_come_in(tmp_path: Path) -> None:
    directory = tmp_path / "venue"
    about = created(directory, OPS)
    assert (about["account"], about["role"]) == (1_001, "operator")
    with Service(directory) as service:
        answer = service.http.post("/auth/login", json={"email": OPS, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        me = service.http.get("/me", headers={"Authorization": f"Bearer {answer.json()['accessToken']}"}).json()
        assert (me["userId"], me["role"], me["scopes"]) == (about["user_id"], "operator", ["admin", "read"])


def test_a_user_is_made_and_disabled_while_the_service_runs(tmp_path: Path) -> None:
    directory = tmp_path / "venue"
    with Service(directory) as service:
        made = users(directory, "create", "--role", "trader", "--email", "ann@example.com", "--generate", "--json")
        password = json.loads(made.stdout)["password"]
        assert "not told again" in made.stderr
        credentials = {"email": "ann@example.com", "password": password}
        tokens = service.http.post("/auth/login", json=credentials).json()

        disabled = users(directory, "disable", "--email", "ANN@example.com")
        assert disabled.stdout.rstrip().endswith("email=ann@example.com disabled")
        refused = service.http.post("/auth/login", json=credentials)
        assert (refused.status_code, refused.json()["code"]) == (401, "AUTHENTICATION_ERROR")
        refresh = service.http.post("/auth/refresh", json={"refreshToken": tokens["refreshToken"]})
        assert refresh.status_code == 401
    listed = json.loads(users(directory, "list", "--json").stdout)
    assert [(one["email"], one["is_disabled"]) for one in listed["users"]] == [("ann@example.com", True)]
    assert password not in json.dumps(listed)


@pytest.mark.parametrize(
    ("options", "given", "code", "says"),
    [
        (["create", "--role", "king", "--email", OPS], PASSWORD, ExitCode.USAGE, "known=trader, operator"),
        (["create", "--role", "operator", "--email", "ops"], PASSWORD, ExitCode.USAGE, "not an address"),
        (["create", "--role", "operator", "--email", OPS], "short", ExitCode.USAGE, "min=12"),
        (["create", "--role", "operator", "--email", OPS], "", ExitCode.USAGE, "--generate"),
        (["disable", "--email", "nobody@example.com"], None, ExitCode.NOT_FOUND, "no such user"),
        (["create", "--role", "operator", "--email", OPS, "--password", "x"], None, ExitCode.USAGE, "No such option"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_what_to_do(
    tmp_path: Path, options: list[str], given: str | None, code: int, says: str
) -> None:
    refused = users(tmp_path / "venue", *options, given=given, code=code)
    assert says in refused.stderr
    assert refused.stdout == ""


def test_an_address_has_one_user(tmp_path: Path) -> None:
    created(tmp_path / "venue", OPS)
    again = users(
        tmp_path / "venue",
        "create",
        "--role",
        "admin",
        "--email",
        "OPS@example.com",
        given=PASSWORD,
        code=ExitCode.USAGE,
    )
    assert "has an account already" in again.stderr


def test_a_terminal_is_asked_twice_and_shows_nothing(tmp_path: Path) -> None:
    command = [*_CALL, "create", "--data", str(tmp_path / "venue"), "--role", "operator", "--email", OPS]
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    shown = b""
    for prompts in (1, 2):
        while shown.count(b": ") < prompts:
            shown += os.read(ours, 1_024)
        os.write(ours, f"{PASSWORD}\n".encode())
    while b"role=operator" not in shown:
        shown += os.read(ours, 1_024)
    assert process.wait(timeout=60) == 0
    os.close(ours)
    assert PASSWORD.encode() not in shown
