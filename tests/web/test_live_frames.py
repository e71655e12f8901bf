"""What a client sends over a live connection is read as a body is, and refused in the same words."""

import pytest

from fairlead.web.bodies import BodyLimits
from fairlead.web.problems import ProblemError
from fairlead.web.sockets.frames import Frame, read_frame

_LIMITS = BodyLimits()


def test_op_and_id_are_taken_and_the_rest_is_left_as_it_came() -> None:
    raw = b'{"price": 1.10, "id": "7", "op": "order.place", "symbol": "\\u0041"}'
    assert read_frame(raw, limits=_LIMITS) == Frame(op="order.place", id="7", body=b'{"price":1.10,"symbol":"\\u0041"}')
    assert read_frame(b'{"op":"ping"}', limits=_LIMITS) == Frame(op="ping", id=None, body=b"{}")


@pytest.mark.parametrize("ident", ["x", "x" * 64, "\u00e9" * 64, " "])
def test_an_id_of_up_to_64_characters_is_one(ident: str) -> None:
    assert read_frame(f'{{"op":"ping","id":"{ident}"}}'.encode(), limits=_LIMITS).id == ident


@pytest.mark.parametrize(
    ("raw", "field", "detail"),
    [
        ("{}", "op", "Missing required fields: op"),
        ('{"op": null}', "op", "Missing required fields: op"),
        ('{"op": ""}', "op", "Missing required fields: op"),
        ('{"op": 5}', "op", "op must be a text: value=5"),
        ('{"op": ["ping"]}', "op", 'op must be a text: value=["ping"]'),
        ('{"op": "%s"}' % ("x" * 65), "op", "op must be a text of length <= 64"),
        ('{"op": "ping", "id": 7}', "id", "id must be a text: value=7"),
        ('{"op": "ping", "id": ""}', "id", "id must be a text of length >= 1"),
        ('{"op": "ping", "id": null}', "id", "id must be a text: value=null"),
        ('{"op": "ping", "id": "%s"}' % ("x" * 65), "id", "id must be a text of length <= 64"),
        ('{"op": "ping", "op": "ping"}', "op", "a field comes twice: 'op'"),
        ("[]", None, "the body is no object"),
        ("{", None, "the body is no JSON"),
    ],
)
def test_what_does_not_fit_is_named_as_in_a_body(raw: str, field: str | None, detail: str) -> None:
    with pytest.raises(ProblemError) as refused:
        read_frame(raw.encode(), limits=_LIMITS)
    assert (refused.value.status, refused.value.code, refused.value.field) == (400, "VALIDATION_ERROR", field)
    assert detail in str(refused.value)
    assert refused.value.fix
