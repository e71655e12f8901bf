"""Who decides: a calendar goes over no halt, and over nothing that a person did."""

import pytest

from fairlead.domain.sessions import Act, Kept, decide

OURS = Kept(put="Continuous")


@pytest.mark.parametrize(
    ("effective", "kept", "is_breaker_known", "act"),
    [
        ("Continuous", OURS, False, Act.SEND),
        ("Closed", OURS, False, Act.NOTE),
        ("Closed", Kept(put="Closed"), False, Act.NOTHING),
        # A crash between the note and the answer.
        ("Continuous", Kept(put="PreOpen", sending="Continuous"), False, Act.SEND),
        ("PreOpen", Kept(put="PreOpen", sending="Continuous"), False, Act.SEND),
        ("Closed", Kept(put="Continuous", sending="Closed"), False, Act.NOTE),
        # It begins where somebody lists a market or leaves it in a state of calendars.
        ("PreListed", Kept(), False, Act.SEND),
        ("ClosingAuction", Kept(), False, Act.SEND),
        ("CancelOnly", Kept(), False, Act.HOLD),
        # Somebody moved it.
        ("PreOpen", OURS, False, Act.HOLD),
        ("CancelOnly", OURS, True, Act.HOLD),
        ("PostOnly", OURS, False, Act.HOLD),
        ("Delisted", OURS, False, Act.NOTHING),
        # A breaker stopped it: the state beneath goes on, once.
        ("Halted", OURS, True, Act.SEND),
        ("Halted", Kept(put="Closed"), True, Act.NOTHING),
        ("VolatilityAuction", OURS, True, Act.SEND),
        ("LimitState", OURS, False, Act.SEND),
        ("Cooling", Kept(put="Closed"), False, Act.NOTHING),
        # Nobody knows who stopped it.
        ("Halted", OURS, False, Act.WAIT),
        ("VolatilityAuction", OURS, False, Act.WAIT),
    ],
)
def test_what_a_calendar_does_that_wants_a_market_closed(
    effective: str, kept: Kept, is_breaker_known: bool, act: Act
) -> None:
    assert decide(effective=effective, wanted="Closed", kept=kept, is_breaker_known=is_breaker_known) is act


@pytest.mark.parametrize("effective", ["Continuous", "Closed", "Halted", "CancelOnly", "LimitState"])
def test_what_a_person_holds_is_left_alone(effective: str) -> None:
    kept = Kept(put="Continuous", held_since_ns=5)
    assert decide(effective=effective, wanted="Closed", kept=kept, is_breaker_known=True) is Act.NOTHING
