"""What a password must be before it is hashed."""

import unicodedata
from itertools import pairwise
from typing import Final

from fairlead.domain.access.emails import email_key
from fairlead.domain.access.errors import ValidationError
from fairlead.domain.access.secret import Secret

__all__ = ["PASSWORD_MAX", "PASSWORD_MIN", "check_password", "prepare_password"]

PASSWORD_MIN: Final = 12
PASSWORD_MAX: Final = 128
_DISTINCT_MIN: Final = 5
_NAME_MIN: Final = 4
# The common ones that would pass the other rules; a word list of the service's own can only be longer.
_KNOWN: Final = frozenset(
    {
        "123456789abc",
        "1234567890ab",
        "1q2w3e4r5t6y",
        "abcdefghijkl",
        "administrator",
        "changeme1234",
        "correcthorsebatterystaple",
        "iloveyou1234",
        "letmein12345",
        "password1234",
        "passwordpassword",
        "qwerty123456",
        "qwertyuiop12",
        "qwertyuiopasdf",
        "qwertyuiop[]",
        "welcome12345",
        "zaq12wsxcde3",
    }
)


def prepare_password(password: Secret) -> Secret:
    """Return the one form of a password: typed on another keyboard it has other code points and the same form.

    Raises:
        ValidationError: it is longer than 128 characters, so that nobody makes the service hash a megabyte.

    Source: NIST SP 800-63B section 3.1.1.2 (normalise with NFKC, no truncation).
    """
    _check_length(password.reveal())
    form = unicodedata.normalize("NFKC", password.reveal())
    _check_length(form)
    return Secret(form)


def check_password(password: Secret, *, email: str, min_length: int = PASSWORD_MIN) -> Secret:
    """Return the prepared form of a password that somebody chose.

    At least ``min_length`` characters, 5 of them different, no control characters, not a common one, and neither the
    name in the e-mail address nor a run of neighbours such as ``abcdefghijkl``. There are no rules about kinds of
    characters: they make passwords harder to remember and no harder to guess.

    Raises:
        ValidationError: it breaks a rule; the text names the rule and never the password.
    """
    form = prepare_password(password)
    text = form.reveal()
    if len(text) < min_length:
        raise _refused(f"password too short: characters={len(text)} min={min_length}", limit=str(min_length))
    if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in text):
        raise _refused("password has control characters: leave them out")
    folded = text.casefold()
    if len(set(folded)) < _DISTINCT_MIN or _is_run(folded):
        raise _refused(f"password too simple: at least {_DISTINCT_MIN} different characters, not in a row")
    if folded in _KNOWN:
        raise _refused("password is one of the most common: choose another")
    name = email_key(email).partition("@")[0]
    if len(name) >= _NAME_MIN and name in folded:
        raise _refused("password contains the name in the email: choose another")
    return form


def _is_run(text: str) -> bool:
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return len(steps) == 1


def _check_length(text: str) -> None:
    if len(text) > PASSWORD_MAX:
        raise _refused(f"password too long: characters={len(text)} max={PASSWORD_MAX}", limit=str(PASSWORD_MAX))


def _refused(detail: str, *, limit: str | None = None) -> ValidationError:
    return ValidationError(detail, field="password", limit=limit)
