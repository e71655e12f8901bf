"""What letters say: a subject and a text for each kind."""

from typing import Final

from fairlead.ports.mailer import Mail, MailKind

__all__ = ["SUBJECTS", "text_of"]

SUBJECTS: Final = {
    MailKind.VERIFY: "verify your address",
    MailKind.ALREADY_REGISTERED: "somebody tried to register with your address, which has an account already",
    MailKind.RESET: "choose another password",
    MailKind.NO_ACCOUNT: "somebody asked for another password for your address, which has no account",
}
_TEXTS: Final = {
    MailKind.VERIFY: "Somebody registered with this address. If it was you, prove it with this token:",
    MailKind.ALREADY_REGISTERED: (
        "Somebody tried to register with this address, which has an account already.\n"
        "If it was you, log in; if not, there is nothing to do."
    ),
    MailKind.RESET: (
        "Somebody asked for another password for this address.\n"
        "If it was you, choose one with this token: it works once, for 30 minutes, and\n"
        "ends every session and API key:"
    ),
    MailKind.NO_ACCOUNT: (
        "Somebody asked for another password for this address, but nobody can log in\n"
        "with it. If it was you, you may have registered with another one."
    ),
}
_NOT_YOU: Final = "If it was not you, there is nothing to do: without the token nothing happens."


def text_of(mail: Mail) -> str:
    """Return the text of a letter, its token on a line of its own."""
    if mail.token is None:
        return f"{_TEXTS[mail.kind]}\n"
    return f"{_TEXTS[mail.kind]}\n\n{mail.token.reveal()}\n\n{_NOT_YOU}\n"
