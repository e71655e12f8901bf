"""What tests of running services begin with."""

from pathlib import Path

import pytest
from tests.e2e.test_users import OPS, created
from tests.e2e.venues import write_keys


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Return the data directory of a venue with an operator, and with keys of its gateway."""
    directory = tmp_path / "venue"
    write_keys(directory)
    created(directory, OPS)
    return directory
