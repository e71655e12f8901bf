"""schemathesis over the whole OpenAPI of a running service: no 5xx, and no status or shape that is not documented."""

import os
from pathlib import Path
from typing import Any, Final

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import CheckFunction
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.e2e.test_serve import Service
from tests.e2e.test_trading import Venue
from tests.e2e.test_users import OPS, PASSWORD, created
from tests.e2e.venues import write_keys
from tests.hostile.walk import ENDS

# Requests for each operation, kind of data and user; a longer run by the environment.
_EXAMPLES: Final = int(os.environ.get("FAIRLEAD_TEST_FUZZ", "4"))
_CHECKS: Final[list[CheckFunction]] = [
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# What most requests would fail for before they reach anything worth an attack.
_KNOWN: Final = {"symbol": "ABC-USD", "side": "BUY", "orderType": "LIMIT", "asset": "USD", "chain": "ethereum"}
# A signature beside the token is refused before anything else is looked at.
_SIGNED: Final = "x-fairlead-"


def _believable(case: Case[Any], number: int) -> None:
    """Put known words into every other request, so that some of what was made up is looked at."""
    if number % 2 and isinstance(case.body, dict):
        case.body = case.body | {name: word for name, word in _KNOWN.items() if name in case.body}
    if number % 2 and "symbol" in (case.path_parameters or {}):
        case.path_parameters["symbol"] = "ABC-USD"


def _attack(operation: Any, service: Service, headers: dict[str, str], *, mode: GenerationMode) -> None:
    count = 0

    @settings(
        max_examples=_EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def attack(case: Case[Any]) -> None:
        nonlocal count
        count += 1
        _believable(case, count)
        for name in [name for name in case.headers or {} if name.lower().startswith(_SIGNED)]:
            del case.headers[name]
        answer = case.call(base_url=str(service.http.base_url), headers=headers, timeout=60)
        # A machine that stands still for half a second has tables that are behind.
        is_early = answer.status_code == 503 and answer.json()["code"] == "NOT_YET_READABLE"
        assert answer.status_code < 500 or is_early, (operation.label, answer.text, case.as_curl_command())
        case.validate_response(answer, checks=_CHECKS)

    attack()


def _modes(operation: Any) -> list[GenerationMode]:
    """Data that the description allows, and where there can be some, data that it does not."""
    has_parts = operation.body or operation.path_parameters or operation.query or operation.headers
    return [GenerationMode.POSITIVE, GenerationMode.NEGATIVE] if has_parts else [GenerationMode.POSITIVE]


def test_no_request_that_the_description_allows_or_forbids_breaks_the_service(tmp_path: Path) -> None:
    directory = tmp_path / "venue"
    write_keys(directory)
    created(directory, OPS)
    rates = ["account_orders_per_s", "ip_requests_per_s", "ip_market_data_per_s", "account_reads_per_s"]
    options = [word for rate in rates for word in ("--set", f"limits.{rate}=100000")]
    with Service(directory, *options) as service:
        venue = Venue(service, directory)
        login = service.http.post("/auth/login", json={"email": OPS, "password": PASSWORD})
        users = [venue.ann.headers, {"Authorization": f"Bearer {login.json()['accessToken']}"}]
        schema = schemathesis.openapi.from_dict(service.http.get("/openapi.json").json())
        operations: list[Any] = [one.ok() for one in schema.get_all_operations() if isinstance(one, Ok)]
        assert len(operations) > 55
        for headers in users:
            for operation in operations:
                if operation.path in ENDS:
                    continue
                for mode in _modes(operation):
                    _attack(operation, service, headers, mode=mode)
        assert service.http.get("/ready").json()["status"] == "READY"
