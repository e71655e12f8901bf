"""Writes the table of ``docs/reference/api-errors.md``: python tools/api_errors.py."""

from pathlib import Path

from fairlead.domain.trading.refusals import REFUSALS
from fairlead.web.problems import status_of

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "api-errors.md"
MARK = "<!-- the table below is written by tools/api_errors.py -->\n"


def text() -> str:
    """Return the page with the table as the program has it."""
    head, mark, _ = PAGE.read_text(encoding="utf-8").partition(MARK)
    assert mark, f"{PAGE.name} has lost its mark"
    rows = ["", "| status | code | field | what | what to do |", "|--:|---|---|---|---|"]
    rows += [
        f"| {status_of(entry.kind)} | `{code}` | {'' if entry.field is None else f'`{entry.field}`'} | {entry.what} "
        f"| {entry.fix} |"
        for code, entry in REFUSALS.items()
    ]
    return head + mark + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
