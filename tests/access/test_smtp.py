"""Letters by SMTP: encrypted where that was asked, tried again where it may help, and no secret in what is said."""

import asyncio
import logging
import ssl
from pathlib import Path
from typing import Any

import pytest
from tests.access.mail_servers import MailServer, running
from tests.e2e.certificates import Authority
from tests.services.process import free_port

from fairlead.adapters.access import SmtpLink, SmtpMailer
from fairlead.adapters.access.letters import SUBJECTS, text_of
from fairlead.domain.access.secret import Secret
from fairlead.errors import UnavailableError, UsageError
from fairlead.ports.mailer import Mail, MailKind

TOKEN = Secret("canary-token-7")
LETTER = Mail(to="ann@example.com", kind=MailKind.VERIFY, token=TOKEN)
NAME, PASSWORD = "desk", "canary-password-7"


async def _at_once(_: float) -> None:
    return


def _send(port: int, *, mail: Mail = LETTER, timeout_s: float = 30, **link: Any) -> None:
    given: dict[str, Any] = {"host": "127.0.0.1", "security": "plain", "sender": "no-reply@desk.example"} | link
    mailer = SmtpMailer(SmtpLink(port=port, **given), timeout_s=timeout_s, rest=_at_once)
    try:
        asyncio.run(mailer.send(mail))
    finally:
        mailer.close()


def _refused(port: int, **options: Any) -> str:
    with pytest.raises(UnavailableError) as refused:
        _send(port, **options)
    said = str(refused.value)
    assert not any(word in said for word in ("canary", "ann@example.com"))
    return said


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Who issues the certificates of the servers."""
    return Authority(tmp_path_factory.mktemp("mail") / "authority")


@pytest.fixture(scope="module")
def context(authority: Authority) -> ssl.SSLContext:
    """What a server encrypts with."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(*authority.issue("mail"))
    return made


def _letter(server: MailServer) -> str:
    (letter,) = server.letters
    assert (letter["From"], letter["To"]) == ("no-reply@desk.example", "ann@example.com")
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Date"]
    assert letter["Message-ID"].endswith("@desk.example>")
    text = letter.get_payload()
    assert isinstance(text, str)
    return text


def test_a_letter_arrives_with_its_token_on_a_line_of_its_own() -> None:
    with running() as server:
        _send(server.port)
        assert TOKEN.reveal() in _letter(server).splitlines()
        assert server.letters[0]["Subject"] == "verify your address"


def test_a_long_token_is_not_cut() -> None:
    token = f"usr_{'0' * 32}.1800000000.{'f' * 64}"
    with running() as server:
        _send(server.port, mail=Mail(to="ann@example.com", kind=MailKind.RESET, token=Secret(token)))
        assert token in _letter(server).splitlines()


@pytest.mark.parametrize("kind", MailKind)
def test_every_kind_of_letter_has_words(kind: MailKind) -> None:
    text = text_of(Mail(to="ann@example.com", kind=kind))
    assert text.isascii()
    assert all(0 < len(line) < 80 for line in text.splitlines())
    assert SUBJECTS[kind].isascii()


def test_a_letter_without_a_token_has_none() -> None:
    with running() as server:
        _send(server.port, mail=Mail(to="ann@example.com", kind=MailKind.ALREADY_REGISTERED))
        assert "has an account already" in _letter(server)


@pytest.mark.parametrize(("security", "is_tls_at_once"), [("starttls", False), ("tls", True)])
def test_name_password_and_letter_are_said_encrypted_only(
    authority: Authority, context: ssl.SSLContext, security: str, *, is_tls_at_once: bool
) -> None:
    with running(context=context, is_tls_at_once=is_tls_at_once, login=(NAME, PASSWORD)) as server:
        _send(server.port, security=security, ca_file=authority.ca, username=NAME, password=Secret(PASSWORD))
        assert TOKEN.reveal() in _letter(server)
        assert {is_encrypted for word, is_encrypted in server.heard if word in {"AUTH", "MAIL", "RCPT", "DATA"}} == {
            True
        }


def test_a_server_without_starttls_gets_no_letter(context: ssl.SSLContext, authority: Authority) -> None:
    with running(context=context, offers_starttls=False) as server:
        assert "SMTPNotSupportedError" in _refused(server.port, security="starttls", ca_file=authority.ca)
        assert (server.letters, server.sessions) == ([], 1)
        assert "MAIL" not in {word for word, _ in server.heard}


@pytest.mark.parametrize(("security", "is_tls_at_once"), [("starttls", False), ("tls", True)])
def test_a_server_of_another_authority_gets_no_letter(
    tmp_path: Path, context: ssl.SSLContext, security: str, *, is_tls_at_once: bool
) -> None:
    stranger = Authority(tmp_path / "stranger").ca
    with running(context=context, is_tls_at_once=is_tls_at_once) as server:
        assert "SSLCertVerificationError" in _refused(server.port, security=security, ca_file=stranger)
        assert server.letters == []


def test_a_server_that_is_busy_is_asked_again() -> None:
    with running() as server:
        server.faults["RCPT"] = ["451 later", "", "250 well"]
        server.faults["MAIL"] = ["421 busy"]
        _send(server.port)
        assert (len(server.letters), server.sessions) == (1, 3)


@pytest.mark.parametrize("word", ["MAIL", "RCPT"])
def test_a_server_that_says_never_is_asked_once(word: str) -> None:
    with running() as server:
        server.faults[word] = ["550 ann@example.com is nobody here"] * 3
        assert "550" in _refused(server.port)
        assert (server.letters, server.sessions) == ([], 1)


def test_a_wrong_password_is_tried_once(authority: Authority, context: ssl.SSLContext) -> None:
    with running(context=context, login=(NAME, "another")) as server:
        link = {"security": "starttls", "ca_file": authority.ca, "username": NAME, "password": Secret(PASSWORD)}
        assert "SMTPAuthenticationError 535" in _refused(server.port, **link)
        assert server.sessions == 1


def test_where_no_server_is_three_attempts_are_made(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    assert "ConnectionRefusedError" in _refused(free_port())
    assert "canary" not in caplog.text


def test_a_server_that_answers_nothing_costs_no_more_than_the_time() -> None:
    with running() as server:
        server.faults["EHLO"] = [" "] * 9
        assert "why=" in _refused(server.port, timeout_s=0.2)
        assert server.letters == []


def test_an_authority_that_is_not_there_is_said_at_the_start(tmp_path: Path) -> None:
    link = SmtpLink(host="h", port=1, security="tls", sender="a@b.example", ca_file=tmp_path / "no.pem")
    with pytest.raises(UsageError, match=r"no\.pem"):
        SmtpMailer(link, timeout_s=1)
