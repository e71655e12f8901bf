"""The command line of a user of a running service, as a test types it."""

import os
import subprocess
import sys

from tests.e2e.test_serve import Service
from tests.e2e.test_users import PASSWORD

from fairlead.cli.exit_codes import ExitCode

__all__ = ["typed"]


def typed(
    service: Service, *words: str, email: str | None, code: int = ExitCode.OK, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run ``fairlead`` against a service, with the password of a user where one is named; return what it said."""
    url = str(service.http.base_url).rstrip("/")
    who = [] if email is None else ["--email", email]
    done = subprocess.run(
        [sys.executable, "-m", "fairlead", *words, "--url", url, *who],
        input=f"{PASSWORD}\n",
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert PASSWORD not in done.stdout + done.stderr
    return done
