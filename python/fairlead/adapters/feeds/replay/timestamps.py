"""Read the time stamps of recordings into whole nanoseconds, without floats."""

from __future__ import annotations

from datetime import UTC, datetime

from fairlead.adapters.feeds.replay.text_rows import scaled

_SECOND_NS = 1_000_000_000


def iso_ns(text: str, *, name: str) -> int:
    """Return ``YYYY-MM-DDTHH:MM:SS.fffffffffZ`` as nanoseconds since the Unix epoch.

    Raises:
        ValueError: it is no UTC time stamp.
    """
    seconds, _, fraction = text.removesuffix("Z").partition(".")
    try:
        moment = datetime.strptime(seconds, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        raise ValueError(f"{name} is no UTC time stamp: {text[:40]!r}") from None
    if not text.endswith("Z"):
        raise ValueError(f"{name} is no UTC time stamp: {text[:40]!r}")
    return int(moment.timestamp()) * _SECOND_NS + scaled(f"0.{fraction}", name=name, places=9)


def seconds_ns(text: str, *, name: str) -> int:
    """Return decimal seconds as nanoseconds.

    Raises:
        ValueError: it is no plain decimal of at most nine places.
    """
    return scaled(text, name=name, places=9)
