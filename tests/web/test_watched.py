"""Every request is counted and written down, by its template and its id, and without anything that is secret."""

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.web.desks import Desk, at_desk, bearer

from fairlead.adapters.telemetry import Metrics
from fairlead.adapters.telemetry.logs import formatter
from fairlead.domain.access.errors import AccessError
from fairlead.domain.access.secret import Secret
from fairlead.errors import NotFoundError
from fairlead.services.figures import Access, Figures

CANARY = "canary-birds-sing-7"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Return what is logged as JSON, however talkative."""
    text, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(text), root.level
    handler.setFormatter(formatter("json"))
    # What the client of the tests says is not said by the service.
    handler.addFilter(lambda record: not record.name.startswith("http"))
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield text
    root.removeHandler(handler)
    root.setLevel(level)


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_each_request_is_a_line_of_json_with_its_id(tmp_path: Path, log: io.StringIO) -> None:
    async def story(desk: Desk) -> None:
        ann = await desk.become()
        await desk.get("/me", headers=bearer(ann) | {"X-Correlation-Id": "mine"})
        (line,) = [one for one in lines(log) if one.get("correlation_id") == "mine" and "route" in one]
        assert (line["event"], line["method"], line["route"]) == ("request_answered", "GET", "/me")
        assert (line["status"], line["level"], line["logger"]) == (200, "info", "fairlead.web")
        assert line["user_id"].startswith("usr_")

    at_desk(tmp_path, story)


def test_no_secret_and_no_path_is_in_any_line(tmp_path: Path, log: io.StringIO) -> None:
    async def story(desk: Desk) -> None:
        ann = await desk.become()
        await desk.post("/auth/login", {"email": "ann@example.com", "password": CANARY})
        await desk.post("/auth/refresh", {"refreshToken": CANARY})
        await desk.get(f"/{CANARY}?token={CANARY}", headers={"Authorization": f"Bearer {CANARY}"})
        await desk.get("/me", headers={"Authorization": f"Bearer {CANARY}", "X-Correlation-Id": f"{CANARY}\n"})
        await desk.get("/me", headers=bearer(ann))
        said = log.getvalue()
        assert said.count("request_answered") >= 8
        for secret in (CANARY, ann["accessToken"], ann["refreshToken"], "violet-anchor-42"):
            assert secret not in said

    at_desk(tmp_path, story)


def test_paths_without_end_are_one_label(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        for number in range(50):
            await desk.get(f"/nowhere/{number}")
            await desk.get(f"/markets/M{number}")
            await desk.client.request(f"X{number}", "/time")
        text = (await desk.get("/metrics")).text
        requests = [
            sample.labels
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == "http_requests_total"
        ]
        assert {one["route"] for one in requests} <= {"unmatched", "/markets/{symbol}"}
        assert {one["method"] for one in requests} == {"GET", "other"}

    at_desk(tmp_path, story)


def test_figures_are_for_the_machine_itself(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        answer = await desk.get("/metrics")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
        for header in ("X-Forwarded-For", "Forwarded", "Via"):
            refused = await desk.get("/metrics", headers={header: "127.0.0.1"})
            assert (refused.status_code, refused.json()["code"]) == (403, "AUTHORIZATION_ERROR")

    at_desk(tmp_path, story)


def test_who_reads_the_figures_is_a_setting() -> None:
    metrics = Metrics(begun_ns=0, symbol_of=lambda _: None)
    token = Secret("a" * 64)

    def may_read(access: Access, *, host: str, shown: str | None = None) -> bool:
        figures = Figures(metrics, access=access, token=token if access is Access.TOKEN else None)
        try:
            figures.read(host=host, is_forwarded=False, token=None if shown is None else Secret(shown))
        except (AccessError, NotFoundError):
            return False
        return True

    assert [may_read(Access.LOOPBACK, host=host) for host in ("::1", "10.0.0.1", "", "x")] == [
        True,
        False,
        False,
        False,
    ]
    assert [may_read(Access.TOKEN, host="::1", shown=shown) for shown in ("a" * 64, "b", None)] == [True, False, False]
    assert may_read(Access.ANYONE, host="10.0.0.1")
    assert not may_read(Access.OFF, host="::1")
