"""A service that is begun again with another number of workers: what was signed once counts no second time."""

import secrets
import signal
import time
from functools import partial
from pathlib import Path

from tests.e2e.crews import WORKERS, eventually
from tests.e2e.test_serve import Service
from tests.e2e.test_trading import Trader

from fairlead.domain.access.secret import Secret
from fairlead.sdk.identity import Signer


def test_a_signature_of_before_counts_no_more_with_another_number_of_workers(tmp_path: Path) -> None:
    directory = tmp_path / "venue"
    kept: list[dict[str, str]] = []
    signer: Signer | None = None
    for options in ((), WORKERS, ()):
        with Service(directory, *options) as service:
            if signer is None:
                ann = Trader(service, directory, "ann@example.com")
                made = ann.ask("POST", "/api-keys", {"name": "machine", "scopes": ["read"]}).json()
                signer = Signer(
                    key_id=made["keyId"],
                    secret=Secret(made["secret"]),
                    now_ns=time.time_ns,
                    nonce=partial(secrets.token_hex, 16),
                )
            for signed in kept:
                assert service.http.get("/me", headers=signed).status_code == 401
            eventually(partial(_counts, service, signer, kept))
            assert service.http.get("/me", headers=kept[-1]).status_code == 401
            service.end(signal.SIGTERM)


def _counts(service: Service, signer: Signer, kept: list[dict[str, str]]) -> bool:
    """Whether a request that is signed now counts; if it does, it is kept."""
    signed = dict(signer.proof("GET", "/me", b""))
    counts = service.http.get("/me", headers=signed).status_code == 200
    kept += [signed] if counts else []
    return counts
