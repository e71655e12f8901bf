"""The examples of the description are what a service takes and answers: a demo is sent each of them."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from tests.e2e.exampled import Player
from tests.e2e.test_serve import Service

from fairlead.web.description import describe
from fairlead.web.examples import EXAMPLES
from fairlead.web.routes import ROUTES

_JSON = "application/json"
DOCUMENT = describe(ROUTES)
# What people begin with: every body and every answer of these has an example.
MAIN = ("/auth/", "/markets", "/orders", "/advanced-orders", "/deposits", "/cancel-all-after")


def _operations() -> dict[str, dict[str, Any]]:
    paths = DOCUMENT["paths"].items()
    return {f"{method.upper()} {path}": operation for path, methods in paths for method, operation in methods.items()}


def _success(operation: Mapping[str, Any]) -> tuple[int, dict[str, Any] | None]:
    """Return the status of a yes, and what stands with its body."""
    (status,) = (it for it in operation["responses"] if it.startswith("2"))
    return int(status), operation["responses"][status].get("content", {}).get(_JSON)


def _check(value: Any, schema: Mapping[str, Any]) -> None:
    Draft202012Validator({**schema, "components": DOCUMENT["components"]}).validate(value)


def _is_alike(answered: Any, shown: Any) -> bool:
    """Whether two values have the same names; the first of a list stands for all, and nothing is like anything."""
    if isinstance(answered, dict) and isinstance(shown, dict):
        return answered.keys() == shown.keys() and all(_is_alike(answered[name], shown[name]) for name in shown)
    if isinstance(answered, list) and isinstance(shown, list):
        return not answered or not shown or _is_alike(answered[0], shown[0])
    return None in (answered, shown) or type(answered) is type(shown)


@pytest.fixture(scope="module", name="answers")
def _answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, httpx.Response]:
    directory = tmp_path_factory.mktemp("examples") / "venue"
    bodies = {name: example.request for name, example in EXAMPLES.items() if example.request is not None}
    with Service(directory, "--demo", "--set", "demo.commands_per_s=200") as service:
        return Player(service, directory, bodies).play()


def test_every_example_is_sent(answers: dict[str, httpx.Response]) -> None:
    assert answers.keys() == EXAMPLES.keys()


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_service_takes_it_and_answers_alike(answers: dict[str, httpx.Response], name: str) -> None:
    answer, example = answers[name], EXAMPLES[name]
    status, described = _success(_operations()[name])
    assert answer.status_code == status, answer.text
    if described is None:
        assert (answer.content, example.response) == (b"", None)
        return
    _check(answer.json(), described["schema"])
    assert _is_alike(answer.json(), example.response), answer.text


@pytest.mark.parametrize("name", EXAMPLES)
def test_it_is_of_the_schema(name: str) -> None:
    operation, example = _operations()[name], EXAMPLES[name]
    described = _success(operation)[1]
    if described is not None:
        assert described["example"] == example.response
        _check(example.response, described["schema"])
    if example.request is not None:
        body = operation["requestBody"]["content"][_JSON]
        assert body["example"] == example.request
        _check(example.request, body["schema"])


def test_what_people_begin_with_has_examples() -> None:
    lacking = {}
    for name, operation in _operations().items():
        if not name.split(" ")[1].startswith(MAIN):
            continue
        described = _success(operation)[1]
        body = operation.get("requestBody", {}).get("content", {}).get(_JSON)
        found = [it for it in (described, body) if it is not None and "example" not in it]
        if found:
            lacking[name] = found
    assert lacking == {}
