"""A secret that passes through access is found in no text it leaves behind: repr, error, log, or the store's files."""

import asyncio
import dataclasses
import io
import logging
import traceback
from pathlib import Path

import pytest
from tests.access.houses import ANN, PASSWORD, House, in_house

from fairlead.adapters.access import DerivedKeys, PrintingMailer, load_key_ring, new_secret_file
from fairlead.domain.access.errors import AccessError
from fairlead.domain.access.secret import Secret
from fairlead.domain.access.signing import SignedRequest
from fairlead.ports.mailer import Mail, MailKind

CANARY = "canary-birds-sing-7"


@pytest.fixture
def log() -> io.StringIO:
    """Return everything any library logs, however talkative it is."""
    return io.StringIO()


def test_no_password_token_or_key_is_left_in_any_text(tmp_path: Path, log: io.StringIO) -> None:
    handler = logging.StreamHandler(log)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    for name in ("sqlalchemy.engine", "aiosqlite"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    secrets: list[Secret] = [Secret(CANARY)]
    texts: list[str] = []
    hashes: list[str] = []

    async def story(house: House) -> None:
        hashes.append(await _live(house, secrets, texts))

    try:
        in_house(tmp_path, story)
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        for name in ("sqlalchemy.engine", "aiosqlite"):
            logging.getLogger(name).setLevel(logging.NOTSET)

    stored = b"".join(path.read_bytes() for path in tmp_path.glob("store.db*"))
    said = log.getvalue() + "\n".join(texts)
    assert "INSERT INTO" in said
    assert b"usr_" in stored
    for secret in secrets:
        assert secret.reveal() not in said
        assert secret.reveal().encode() not in stored
    # What the store keeps of a password belongs there and nowhere else.
    (kept,) = hashes
    assert kept.encode() in stored
    assert kept not in said


async def _live(house: House, secrets: list[Secret], texts: list[str]) -> str:
    """Do everything once, right and wrong, keep each secret and each text, and return the hash of the password."""
    canary = secrets[0]
    await house.registration.register(email=ANN, password=canary)
    secrets.append(house.mailed_token())
    texts.append(repr(house.mailer.kept))
    user = await house.registration.verify(house.mailed_token())
    pair = await house.entry.login(email=ANN, password=canary)
    pair = await house.entry.refresh(pair.refresh)
    secrets += [pair.access, pair.refresh]
    who = await house.entry.authenticate(pair.access)
    made = await house.desk.create(who, name="bot", scopes=["read"])
    secrets.append(made.secret)
    texts += [repr(one) for one in (user, pair, who, made, house, await house.needs.users.by_email(user.email_key))]
    forged = Secret(pair.access.reveal()[:-8] + CANARY)
    request = SignedRequest(
        key_id=made.key.key_id,
        timestamp=CANARY,
        nonce=CANARY,
        method="GET",
        target="/",
        body=CANARY.encode(),
        signature=CANARY,
    )
    wrong = (
        house.entry.login(email=ANN, password=Secret(CANARY + "!")),
        house.entry.login(email=f"{CANARY} {ANN}", password=PASSWORD),
        house.entry.refresh(forged),
        house.entry.authenticate(forged),
        house.entry.authenticate(Secret(CANARY)),
        house.registration.verify(Secret(CANARY)),
        house.registration.register(email=ANN, password=Secret(CANARY * 9)),
        house.registration.register(email=f"{CANARY}@example.com", password=canary),
        house.desk.authenticate(request),
    )
    for call in wrong:
        try:
            await call
        except AccessError as error:
            texts += [repr(error), *traceback.format_exception(error)]
            texts += [str(value) for value in vars(error).values()]
        else:
            pytest.fail("a wrong call was accepted")
    return user.password_hash


def test_what_holds_a_key_does_not_show_it(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    new_secret_file(path)
    text = path.read_text().strip()
    ring = load_key_ring(path)
    vault = DerivedKeys(bytes.fromhex(text))

    shown = repr(ring) + repr(dataclasses.astuple(ring.active)[:2]) + repr(vault) + repr(vault.secret_of("key_1"))

    assert text not in shown
    assert repr(bytes.fromhex(text)) not in shown


def test_only_the_terminal_of_the_demo_is_told_a_token() -> None:
    out = io.StringIO()
    mail = Mail(to=ANN, kind=MailKind.VERIFY, token=Secret(CANARY))

    asyncio.run(PrintingMailer(out).send(mail))

    assert CANARY in out.getvalue()
    assert CANARY not in repr(mail)
