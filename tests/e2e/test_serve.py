"""``fairlead serve`` as a process: a user comes to be, the service ends cleanly, and the user is still there."""

import json
import signal
import ssl
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.e2e.certificates import Authority

from fairlead.adapters.serving import trust_only
from fairlead.cli.exit_codes import ExitCode

CREDENTIALS = {"email": "ann@example.com", "password": "violet-anchor-42"}
_CALL = [sys.executable, "-c", "from fairlead.cli import main; main()", "serve", "--json"]
# A test asks until what it waits for is there: the faster the machine, the more often.
_RATES = ("account_reads_per_s", "ip_requests_per_s", "ip_market_data_per_s")
_OFTEN = [word for rate in _RATES for word in ("--set", f"limits.{rate}=100000")]


class Service:
    """``fairlead serve`` on free ports."""

    def __init__(self, directory: Path, *options: str) -> None:
        gateway = [] if "--engine" in options else ["--gateway-port", "0"]
        command = [*_CALL, "--data", str(directory), "--port", "0", *gateway, *_OFTEN, *options]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=directory.parent
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            _, errors = self.process.communicate(timeout=60)
            raise AssertionError(f"the service did not start: code={self.process.returncode} {errors}")
        self.ready: dict[str, Any] = json.loads(line)
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{self.ready['port']}", timeout=60)

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Send a signal; return the exit code and what stood on standard error."""
        self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=60)
        return self.process.returncode, errors

    def __enter__(self) -> "Service":
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate(timeout=60)


def _outbox_token(directory: Path) -> str:
    return str(json.loads((directory / "outbox.jsonl").read_text().splitlines()[-1])["token"])


def _refused(*options: str, directory: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*_CALL, *options], capture_output=True, text=True, timeout=60, check=False, cwd=directory)


def test_a_user_registers_and_is_still_there_after_a_restart(tmp_path: Path) -> None:
    directory = tmp_path / "venue"
    with Service(directory) as service:
        ready = service.http.get("/ready")
        assert ready.json()["status"] == "READY", ready.text
        assert service.http.post("/auth/register", json=CREDENTIALS).status_code == 202
        user = service.http.post("/auth/verify", json={"token": _outbox_token(directory)}).json()
        tokens = service.http.post("/auth/login", json=CREDENTIALS).json()
        assert service.end() == (ExitCode.OK, "")
    private = ["token.key", "master.key", "gateway.keys", "outbox.jsonl", "store.sqlite3"]
    assert {stat.S_IMODE((directory / name).stat().st_mode) for name in private} == {0o600}
    keys_before = (directory / "gateway.keys").read_bytes()

    with Service(directory) as service:
        # The token of before counts: key, session and user are those of before.
        me = service.http.get("/me", headers={"Authorization": f"Bearer {tokens['accessToken']}"})
        assert (me.json()["userId"], me.json()["account"]) == (user["userId"], user["account"])
        assert service.http.post("/auth/login", json=CREDENTIALS).status_code == 200
        assert service.http.get("/ready").status_code == 200
        assert service.end(signal.SIGINT) == (ExitCode.OK, "")
    assert (directory / "gateway.keys").read_bytes() == keys_before


@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_service_reaches_its_gateway_by_its_own_certificate(tmp_path: Path, workers: str) -> None:
    cert, key = Authority(tmp_path / "authority").issue("gateway")
    options = ["--workers", workers, "--set", f"engine.tls_cert={cert}", "--set", f"engine.tls_key={key}"]
    with Service(tmp_path / "venue", *options) as service:
        assert service.http.get("/ready").json()["status"] == "READY"
        assert service.end() == (ExitCode.OK, "")


def test_no_other_certificate_is_trusted(tmp_path: Path) -> None:
    authority = Authority(tmp_path / "authority")
    ours, key = authority.issue("gateway")
    other, _ = authority.issue("other")
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(ours, key)
    assert _handshake(trust_only(ours), served)
    assert not _handshake(trust_only(other), served)


def _handshake(client: ssl.SSLContext, server: ssl.SSLContext) -> bool:
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [client.wrap_bio(to_client, to_server), server.wrap_bio(to_server, to_client, server_side=True)]
    is_done = [False, False]
    for _ in range(8):
        for number, end in enumerate(ends):
            try:
                end.do_handshake()
                is_done[number] = True
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLError:
                return False
    return all(is_done)


def test_a_second_service_on_the_same_data_is_refused(tmp_path: Path) -> None:
    with Service(tmp_path / "venue") as service:
        port = ["--port", "0", "--gateway-port", "0"]
        second = _refused("--data", "venue", *port, directory=tmp_path)
        assert (second.returncode, second.stdout) == (ExitCode.REJECTED, ""), second.stderr
        taken = ["--port", str(service.ready["port"]), "--gateway-port", "0"]
        other = _refused("--data", "other", *taken, directory=tmp_path)
        assert (other.returncode, other.stdout) == (ExitCode.UNAVAILABLE, ""), other.stderr
        assert f"port={service.ready['port']}" in other.stderr


@pytest.mark.parametrize(
    ("content", "mode", "says"),
    [
        ("00" * 32 + "\n", 0o600, "secret is not random"),
        ("changeme\n", 0o600, "secret is not hexadecimal"),
        ("0123456789abcdef" * 4 + "\n", 0o644, "run chmod 600"),
        (None, 0o600, "openssl genpkey"),
    ],
)
def test_a_weak_or_missing_key_is_refused_with_what_to_do(
    tmp_path: Path, content: str | None, mode: int, says: str
) -> None:
    key = tmp_path / "token.key"
    if content is not None:
        key.write_text(content)
        key.chmod(mode)
    options = ["--set", f"auth.key_file={key}", "--set", "auth.algorithm=HS256", "--port", "0", "--gateway-port", "0"]
    refused = _refused("--data", "venue", *options, directory=tmp_path)
    assert (refused.returncode, refused.stdout) == (ExitCode.DATA, "")
    assert says in refused.stderr
    assert not (tmp_path / "venue" / "store.sqlite3").exists()


def test_a_key_of_another_kind_than_configured_is_refused(tmp_path: Path) -> None:
    (tmp_path / "token.key").write_text("8f1d0c5e7a29b3464d5e6f708192a3b4c5d6e7f80910213243546576879809fa\n")
    (tmp_path / "token.key").chmod(0o600)
    refused = _refused("--data", "venue", "--set", "auth.key_file=token.key", "--port", "0", directory=tmp_path)
    assert refused.returncode == ExitCode.DATA
    assert "algorithm=HS256 expected=EdDSA" in refused.stderr


def test_a_setting_that_would_be_ignored_is_refused(tmp_path: Path) -> None:
    cert, key = Authority(tmp_path / "authority").issue("gateway")
    pair = ["--set", f"engine.tls_cert={cert}", "--set", f"engine.tls_key={key}"]
    refused = _refused("--data", "venue", *pair, "--set", f"engine.tls_client_ca={cert}", directory=tmp_path)
    assert (refused.returncode, refused.stdout) == (ExitCode.DATA, "")
    what = "--set engine.tls_client_ca: engine.tls_client_ca is not possible with fairlead serve yet"
    assert what in refused.stderr
    assert not (tmp_path / "venue").exists()


@pytest.mark.parametrize("count", [0, 5])
def test_more_workers_than_the_gateway_has_room_for_are_refused(tmp_path: Path, count: int) -> None:
    refused = _refused("--data", "venue", "--set", f"server.workers={count}", directory=tmp_path)
    assert (refused.returncode, refused.stdout) == (ExitCode.DATA, "")
    assert f"value={count}" in refused.stderr
    assert not (tmp_path / "venue").exists()


def test_without_the_libraries_one_sentence_says_what_to_install(tmp_path: Path) -> None:
    code = "import sys; sys.modules['litestar'] = None; from fairlead.cli import main; main()"
    command = [sys.executable, "-c", code, "serve", "--data", str(tmp_path / "venue")]
    refused = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (refused.returncode, refused.stdout) == (ExitCode.UNAVAILABLE, "")
    assert len(refused.stderr.splitlines()) == 1
    assert "pip install 'fairlead[serve]'" in refused.stderr
