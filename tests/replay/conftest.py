"""Where the recordings lie; tests that need them skip with one line where they are absent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def market_data() -> Path:
    """Return the folder of the recordings: ``FAIRLEAD_DATA``, else ``../shared/data`` beside the repository."""
    folder = Path(os.environ.get("FAIRLEAD_DATA", REPOSITORY / ".." / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no recordings at {folder}; set FAIRLEAD_DATA")
    return folder
