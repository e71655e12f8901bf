"""Bodies that are refused before any route sees them, each with its status, its code and the field."""

import json
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from tests.web.desks import Desk, at_desk

from fairlead.web.bodies import BodyLimits, parse_body
from fairlead.web.numbers import decimal_of
from fairlead.web.problems import ProblemError
from fairlead.web.wire import Credentials

GOOD = '{"email": "ann@example.com", "password": "violet-anchor-42"}'
_NO_DECIMALS = [
    *("NaN", '"NaN"', '"Infinity"', "1e400", '"1e5"', '"\u0663"', '" 1"', '"1 "', '"+1"', '"01"', "1.", '".5"', '""'),
    *("null", "true", "[1]", '"0x10"', '"1_000"', '"1,5"', '"' + "9" * 41 + '"', '"\\u0031"', "1\n"),
]
REFUSED = [
    ("", 400, "email, password"),
    ("{}", 400, "email, password"),
    ('{"email": "ann@example.com"}', 400, "password"),
    ('{"email": null, "password": ""}', 400, "email, password"),
    ('{"email": "a@b.cc", "password": "x", "role": "admin"}', 400, "role"),
    ('{"email": "a@b.cc", "password": "x", "password": "y"}', 400, "password"),
    ('{"email": "a@b.cc", "pass\\u0077ord": "x", "password": "y"}', 400, "password"),
    ('{"email": 1, "password": "x"}', 400, "email"),
    ('{"email": ["a@b.cc"], "password": "x"}', 400, "email"),
    ('{"email": NaN, "password": "x"}', 400, None),
    ('{"email": "a@b.cc", "password": Infinity}', 400, None),
    ('{"email": "\\ud800", "password": "x"}', 400, None),
    ('["ann@example.com"]', 400, None),
    ('"text"', 400, None),
    ("null", 400, None),
    ("{", 400, None),
    (GOOD + GOOD, 400, None),
    ("\ufeff" + GOOD, 400, None),
    ('{"email": ' + "[" * 20 + "]" * 20 + ', "password": "x"}', 400, None),
    ("[" * 60_000, 400, None),
    ('{"email": "' + "a" * 70_000 + '", "password": "x"}', 413, "body"),
]


@pytest.mark.parametrize(("body", "status", "field"), REFUSED)
def test_a_body_that_is_not_what_it_must_be_is_refused(
    tmp_path: Path, body: str, status: int, field: str | None
) -> None:
    async def story(desk: Desk) -> None:
        answer = await desk.post_raw("/auth/login", body.encode("utf-8"))
        assert answer.status_code == status, answer.text
        problem = answer.json()
        assert problem["code"] == ("VALIDATION_ERROR" if status == 400 else "BODY_TOO_LARGE")
        assert problem.get("field") == field
        assert problem["fix"]
        assert desk.house.hasher.done == []

    at_desk(tmp_path, story)


@pytest.mark.parametrize(
    "kind", [None, "text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16"]
)
def test_another_kind_of_body_is_refused(tmp_path: Path, kind: str | None) -> None:
    async def story(desk: Desk) -> None:
        answer = await desk.post_raw("/auth/login", GOOD, kind=kind)
        assert answer.status_code == 415, answer.text
        assert answer.json()["field"] == "Content-Type"

    at_desk(tmp_path, story)


def test_bytes_that_are_no_utf_8_are_refused(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        for raw in (b'{"email": "\xff", "password": "x"}', GOOD.encode("utf-16")):
            assert (await desk.post_raw("/auth/login", raw)).status_code == 400

    at_desk(tmp_path, story)


def test_the_limits_are_those_of_the_configuration() -> None:
    small = BodyLimits(bytes_max=len(GOOD), depth_max=1)
    assert parse_body(GOOD.encode(), Credentials, limits=small).email == "ann@example.com"
    with pytest.raises(ProblemError, match=f"max_bytes={len(GOOD)}"):
        parse_body(GOOD.encode() + b" ", Credentials, limits=small)
    with pytest.raises(ProblemError, match="max_levels=1"):
        parse_body(b'{"email": {}}', Credentials, limits=small)


@pytest.mark.parametrize("text", ["0.10", '"0.10"', "12345678901234567890.123456789", "-1", "0"])
def test_a_decimal_keeps_every_digit(text: str) -> None:
    assert decimal_of(msgspec.Raw(text.encode()), "price") == Decimal(text.strip('"'))


@pytest.mark.parametrize(
    "text",
    _NO_DECIMALS,
)
def test_what_is_no_decimal_is_refused_with_field_and_value(text: str) -> None:
    with pytest.raises(ProblemError) as refused:
        decimal_of(msgspec.Raw(text.encode()), "price")
    assert (refused.value.status, refused.value.field) == (400, "price")
    assert json.dumps(refused.value.value)
