"""The bytes of a yes become the answer of a call: decimals and times exact, unknown fields passed over."""

from typing import Any, TypeVar

import msgspec

from fairlead.sdk.call import Call
from fairlead.sdk.errors import Details, ServiceFaultError
from fairlead.sdk.retries import Answered
from fairlead.sdk.times import Timestamp

__all__ = ["answer_in"]

T = TypeVar("T")


def answer_in(call: Call[T], answered: Answered, *, attempts: int) -> T:
    """Return what the caller gets of a yes.

    Raises:
        ServiceFaultError: it has another shape; what was asked was perhaps done.
    """
    if call.answer is None:
        return call.take(None)
    try:
        return call.take(msgspec.json.decode(answered.body, type=call.answer, dec_hook=_hook))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ServiceFaultError(
            f"UNREADABLE_ANSWER: {call.method} {call.target}: {error}; the service may be of another version",
            Details(
                code="UNREADABLE_ANSWER",
                status=answered.status,
                is_in_doubt=not call.is_reading,
                attempts=attempts,
                client_order_ids=call.client_order_ids,
            ),
        ) from error


def _hook(kind: type[Any], value: Any) -> Any:
    if kind is Timestamp and isinstance(value, str):
        return Timestamp.parse(value)
    raise ValueError(f"no {kind.__name__}: value={value!r:.40}")
