"""Run the replay on the plain core and give back its result, for tests."""

from __future__ import annotations

from pathlib import Path

from tests.replay.plain_market import PLAIN_CORE

from fairlead.adapters.feeds.replay.detect import open_recording
from fairlead.domain.market_replay.result import ReplayResult
from fairlead.services.replay import replay


def outcome(path: Path, *, market_format: str | None = None, perturb_row: int | None = None) -> ReplayResult:
    """Replay what lies at ``path``."""
    recording = open_recording(path, market_format=market_format)
    return replay(recording, core=PLAIN_CORE, perturb_row=perturb_row)
