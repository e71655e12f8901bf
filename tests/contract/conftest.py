"""Which stores the suites run on: SQLite, and PostgreSQL where ``FAIRLEAD_TEST_POSTGRES`` names a database for it."""

import os
from pathlib import Path

import pytest

POSTGRES_URL = os.environ.get("FAIRLEAD_TEST_POSTGRES")
KINDS = ["sqlite"] if POSTGRES_URL is None else ["sqlite", "postgresql"]


@pytest.fixture(params=KINDS)
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of a store; its tables are made again by each test."""
    if request.param == "postgresql":
        assert POSTGRES_URL is not None
        return POSTGRES_URL
    return f"sqlite:///{tmp_path / 'store.db'}"
