"""The dashboard of Grafana: every query can be read and names what the program exports."""

import json
import re
from pathlib import Path
from typing import Any

import yaml
from tests.telemetry.figures import exported
from tests.telemetry.promtool import promtool

DASHBOARD = Path(__file__).parents[2] / "ops" / "dashboard.json"
_WORDS = {"sum", "rate", "increase", "by", "histogram_quantile"}


def _panels() -> list[dict[str, Any]]:
    panels: list[dict[str, Any]] = json.loads(DASHBOARD.read_text())["panels"]
    return panels


def _queries() -> list[str]:
    return [target["expr"] for panel in _panels() for target in panel["targets"]]


def test_every_name_in_a_query_is_exported() -> None:
    known = exported()
    for query in _queries():
        names = set(re.findall(r"[a-z_]{3,}", re.sub(r"\{[^}]*\}|\[[^]]*\]|by \([^)]*\)", "", query))) - _WORDS
        assert names
        assert names <= known, query


def test_prometheus_reads_every_query(tmp_path: Path) -> None:
    rules = [
        {"record": f"panel:{number}", "expr": query.replace("$__rate_interval", "1m")}
        for number, query in enumerate(_queries())
    ]
    written = tmp_path / "rules.yml"
    written.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}))
    promtool("check", "rules", str(written))


def test_panels_have_a_name_a_unit_and_a_place_of_their_own() -> None:
    places: set[tuple[int, int]] = set()
    for panel in _panels():
        assert panel["title"]
        assert panel["description"]
        assert panel["fieldConfig"]["defaults"]["unit"]
        place = panel["gridPos"]
        mine = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert max(x for x, _ in mine) < 24
        assert not mine & places, panel["title"]
        places |= mine
    assert len({panel["title"] for panel in _panels()}) == len(_panels()) == len({panel["id"] for panel in _panels()})
