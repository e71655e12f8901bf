"""A whole venue in this process: a data directory, its engine and its gateway."""

import warnings
from collections.abc import Callable
from pathlib import Path

from fairlead._core import EngineServer as _Core
from fairlead.engine.latency import LatencyReport, parse
from fairlead.engine.read_mark import NOBODY
from fairlead.errors import UsageError

__all__ = ["EngineServer"]

# How long a turn serves before signals are looked at, in milliseconds.
_SLICE_MS = 100


def _all_of_it() -> int:
    return NOBODY


def _warn(notice: str) -> None:
    warnings.warn(notice, RuntimeWarning, stacklevel=3)


def _tls_files(
    cert: Path | str | None, key: Path | str | None, client_ca: Path | str | None
) -> tuple[Path, Path, Path | None] | None:
    if cert is not None and key is not None:
        return Path(cert), Path(key), None if client_ca is None else Path(client_ca)
    if cert is key is client_ca:
        return None
    raise UsageError(
        f"TLS needs a certificate and its key: tls_cert={cert} tls_key={key} tls_client_ca={client_ca}; "
        "give the first two"
    )


class EngineServer:
    """An engine that clients reach over the binary gateway.

    Opening it recovers the data directory, or makes a new one, and listens last. One process at a time may do so.

    Args:
        directory: where log, snapshots and ``gateway.keys`` are.
        host: the address to listen on. Another than loopback needs TLS or ``allow_plain_remote``.
        port: the port; 0 lets the system choose.
        durability: ``always``, ``group``, ``group(max_us,max_n)`` or ``os``, which survives the process only.
        snapshot_every: commands between two snapshots, a multiple of 10,000; 0 for none. A restart replays those after
            the last one. They are made by a second exchange on a thread of its own, which needs as much memory again.
        client_ids_max: client order ids that are remembered, 1 to 4,294,967,295; beyond it those of orders that ended
            longest ago are forgotten, and such an id counts as new. A log keeps what it was begun with.
        allow_plain_remote: listen where others can reach it although nothing is encrypted.
        tls_cert: a PEM file with the gateway's certificate; then every connection is encrypted (TLS 1.3).
        tls_key: a PEM file with its private key, which others must not be able to read.
        tls_client_ca: a PEM file with the authority of clients; then each needs a certificate of its own.
        spin_us: microseconds to look for work before sleeping; takes a processor for itself.
        latency: stamp commands on their way, for :meth:`latency` and ``fairlead latency``.
        expected_interval_us: the pace of each client where it is known, microseconds from one command to the next, 1 to
            10,000,000: ``total_corrected`` is then kept beside ``total``.

    Raises:
        UsageError: an argument cannot be meant.
        LockedError: another process has the directory.
        DataError: the log, the key file or a file of TLS is damaged.
        UnavailableError: the disk fails, the log is newer than this program, or the port is taken.
    """

    def __init__(
        self,
        directory: Path | str,
        *,
        host: str = "127.0.0.1",
        port: int = 7411,
        durability: str = "group",
        snapshot_every: int = 1_000_000,
        client_ids_max: int = 10_000_000,
        allow_plain_remote: bool = False,
        tls_cert: Path | str | None = None,
        tls_key: Path | str | None = None,
        tls_client_ca: Path | str | None = None,
        spin_us: int = 0,
        latency: bool = True,
        expected_interval_us: int | None = None,
    ) -> None:
        self._core = _Core(
            Path(directory),
            host=host,
            port=port,
            durability=durability,
            snapshot_every=snapshot_every,
            client_ids_max=client_ids_max,
            allow_plain_remote=allow_plain_remote,
            tls=_tls_files(tls_cert, tls_key, tls_client_ca),
            spin_us=spin_us,
            latency=latency,
            expected_interval_us=expected_interval_us,
        )

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        return self._core.address

    @property
    def recovered(self) -> dict[str, object]:
        """What recovery found: ``last_seq, snapshot_seq, replayed, hashes_checked, state_hash, is_new, warnings``."""
        return self._core.recovered

    def latency(self) -> LatencyReport:
        """Return how long commands took in each stage, in nanoseconds.

        About a second old while it serves; the whole run once it has stopped. May be asked from another thread.
        """
        return parse(self._core.latency())

    def serve(
        self,
        *,
        until: Callable[[], bool] = lambda: False,
        warn: Callable[[str], None] = _warn,
        read_seq: Callable[[], int] = _all_of_it,
    ) -> None:
        """Serve until ``until()`` says so; it is asked about ten times a second.

        Args:
            until: whether to stop.
            warn: hears, in a sentence each, what went wrong and stops nothing: a snapshot that could not be made.
            read_seq: the last record that was read by everybody who reads the log, 0 or more, asked as often. What is
                needed to go on from there is kept: later records, and a snapshot before them. By default nobody reads.

        Raises:
            DataError: the shadow replayer came to another state than the engine.
            UnavailableError: the log cannot go on; nothing was acknowledged that is not safe.
        """
        while not until():
            for notice in self._core.serve(_SLICE_MS, max(read_seq(), 0)):
                warn(notice)

    def reload(self) -> tuple[int, int]:
        """Read keys and certificate again and return how many keys there are and how many sessions ended for them.

        Raises:
            DataError: a file cannot be used; keys and certificate are those of before.
        """
        return self._core.reload()

    def stop(self) -> None:
        """End every session, finish what was taken, close the log. Again is nothing."""
        self._core.stop()

    def __enter__(self) -> "EngineServer":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
