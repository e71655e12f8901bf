"""Writes ``docs/openapi.yaml`` from the routes: python tools/openapi.py."""

from pathlib import Path

import yaml

from fairlead.web.description import describe
from fairlead.web.routes import ROUTES

PAGE = Path(__file__).parents[1] / "docs" / "openapi.yaml"


def text() -> str:
    """Return the document as it is committed."""
    return yaml.safe_dump(describe(ROUTES), sort_keys=True, allow_unicode=True, width=120)


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
