"""The rules of alerts: they are right as promtool reads them, and each name is one that the program exports."""

import re
from pathlib import Path

import yaml
from tests.telemetry.figures import exported
from tests.telemetry.promtool import promtool

OPS = Path(__file__).parents[2] / "ops"
_WORDS = {"sum", "rate", "by", "le", "histogram_quantile"}


def test_promtool_takes_the_rules() -> None:
    promtool("check", "rules", str(OPS / "alerts.yml"))


def test_each_alert_fires_beyond_its_limit_and_not_at_it() -> None:
    promtool("test", "rules", str(OPS / "alerts.test.yml"))


def test_every_alert_is_tested_both_ways() -> None:
    rules = yaml.safe_load((OPS / "alerts.yml").read_text())["groups"][0]["rules"]
    quiet, loud = yaml.safe_load((OPS / "alerts.test.yml").read_text())["tests"]
    names = {rule["alert"] for rule in rules}
    assert {case["alertname"] for case in quiet["alert_rule_test"]} == names
    fired = loud["promql_expr_test"][0]["exp_samples"]
    assert {re.findall('"(.*)"', sample["labels"])[0] for sample in fired} == names


def test_the_page_of_figures_names_every_alert_and_what_would_feed_those_to_come() -> None:
    rules = yaml.safe_load((OPS / "alerts.yml").read_text())["groups"][0]["rules"]
    _, _, alerts = (OPS.parent / "docs" / "reference" / "metrics.md").read_text().partition("## Alerts\n")
    present, _, to_come = alerts.partition("These have nothing to be measured by yet")
    assert set(re.findall("`([A-Z][A-Za-z0-9]+)`", present)) == {rule["alert"] for rule in rules}
    awaited = set(re.findall("`([a-z_0-9]+)`", to_come.partition("## The log")[0]))
    assert awaited
    assert not awaited & exported(), "what is exported has its alert"


def test_every_name_in_an_alert_is_exported() -> None:
    known = exported()
    for rule in yaml.safe_load((OPS / "alerts.yml").read_text())["groups"][0]["rules"]:
        expression = re.sub(r"\{[^}]*\}|\[[^]]*\]|by \([^)]*\)", "", rule["expr"])
        names = set(re.findall(r"[a-z_]{3,}", expression)) - _WORDS
        assert names
        assert names <= known, rule["alert"]
