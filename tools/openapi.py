"""Writes ``docs/openapi.yaml`` from the routes: python tools/openapi.py. With ``--check`` it only compares."""

import difflib
import sys
from pathlib import Path

import yaml

from fairlead.web.description import describe
from fairlead.web.routes import ROUTES

PAGE = Path(__file__).parents[1] / "docs" / "openapi.yaml"
COMMAND = "python tools/openapi.py"


def text() -> str:
    """Return the document as it is committed."""
    return yaml.safe_dump(describe(ROUTES), sort_keys=True, allow_unicode=True, width=120)


def drift() -> list[str]:
    """Return how the committed document differs from the routes, line by line."""
    committed = PAGE.read_text(encoding="utf-8").splitlines()
    return list(difflib.unified_diff(committed, text().splitlines(), "docs/openapi.yaml", "the routes", lineterm=""))


def main(arguments: list[str]) -> int:
    """Write the document, or say how it differs."""
    if arguments not in ([], ["--check"]):
        print(f"usage: {COMMAND} [--check]", file=sys.stderr)
        return 2
    if not arguments:
        PAGE.write_text(text(), encoding="utf-8")
        return 0
    if lines := drift():
        print("\n".join(lines))
        print(f"docs/openapi.yaml differs from the routes; write it: {COMMAND}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
