"""Certificates made for one test: an authority, and what it issues."""

import subprocess
from pathlib import Path

_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
_EXTENSIONS = "subjectAltName=IP:127.0.0.1,DNS:localhost\nauthorityKeyIdentifier=keyid\n"


def _openssl(*words: object, directory: Path) -> bool:
    done = subprocess.run(
        ["openssl", *map(str, words)], cwd=directory, capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode == 0


class Authority:
    """An authority with files in a directory of its own.

    Attributes:
        ca: its certificate.
    """

    def __init__(self, directory: Path) -> None:
        directory.mkdir()
        self._directory = directory
        self.ca = directory / "ca.pem"
        usage = ("-addext", "keyUsage=critical,keyCertSign,cRLSign")
        named = ("-subj", f"/CN={directory.name}", "-days", 1, "-keyout", "ca.key", "-out", "ca.pem")
        assert _openssl("req", "-x509", *_KEY, *usage, *named, directory=directory)

    def issue(self, name: str, *, is_expired: bool = False) -> tuple[Path, Path]:
        """Certificate and key for 127.0.0.1 and localhost."""
        cert, key = self._directory / f"{name}.pem", self._directory / f"{name}.key"
        request, extensions = f"{name}.csr", self._directory / f"{name}.ext"
        extensions.write_text(_EXTENSIONS)
        asked = ("req", "-new", *_KEY, "-subj", f"/CN={name}", "-keyout", key, "-out", request)
        assert _openssl(*asked, directory=self._directory)
        key.chmod(0o600)
        signed = ("x509", "-req", "-in", request, "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial")
        to = ("-extfile", extensions, "-out", cert)
        # Newer versions take no negative number and have options for dates instead.
        past = (("-days", -1), ("-not_before", "20200101000000Z", "-not_after", "20200102000000Z"))
        dates = past if is_expired else (("-days", 1),)
        assert any(_openssl(*signed, *to, *date, directory=self._directory) for date in dates)
        return cert, key
