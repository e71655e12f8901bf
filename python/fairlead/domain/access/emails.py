"""What an e-mail address looks like, and when two of them are the same."""

import re
from typing import Final

from fairlead.domain.access.errors import ValidationError

__all__ = ["EMAIL_MAX", "email_key", "parse_email"]

EMAIL_MAX: Final = 254
_LOCAL_MAX: Final = 64
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
# Letters outside ASCII are refused: two addresses that look the same must be the same.
_ADDRESS: Final = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+[A-Za-z](?:[A-Za-z0-9-]{{0,61}}[A-Za-z0-9])")


def parse_email(text: str) -> str:
    """Return ``text`` where it is an address: a dot-atom of ASCII, an ``@`` and a domain of two labels or more.

    Raises:
        ValidationError: it is none, or longer than 254 characters, or 64 before the ``@``. Nothing is trimmed.

    Source: RFC 5321 sections 4.1.2 and 4.5.3.1; quoted names and address literals are left out on purpose.
    """
    if len(text) > EMAIL_MAX:
        raise ValidationError(f"email too long: characters={len(text)} max={EMAIL_MAX}", field="email", limit="254")
    local = text.partition("@")[0]
    if len(local) > _LOCAL_MAX:
        raise ValidationError(
            f"email too long before the @: characters={len(local)} max={_LOCAL_MAX}", field="email", limit="64"
        )
    if _ADDRESS.fullmatch(text) is None:
        raise ValidationError("email is not an address: expected name@example.com in ASCII", field="email")
    return text


def email_key(email: str) -> str:
    """Return what one person's address is found by: two that differ in case are one."""
    return email.lower()
