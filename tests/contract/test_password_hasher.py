"""What every hasher of passwords does; the one the tests of services use as well as argon2id."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator

import pytest
from tests.access.houses import PlainHasher

from fairlead.adapters.access import Argon2Hasher
from fairlead.domain.access.secret import Secret
from fairlead.errors import UnavailableError
from fairlead.ports.password_hasher import PasswordHasher

RIGHT, WRONG = Secret("violet-anchor-42"), Secret("violet-anchor-43")


def _light(*, waiting_max: int = 64, passes: int = 1) -> Argon2Hasher:
    return Argon2Hasher(memory_kib=64, passes=passes, lanes=1, threads=2, waiting_max=waiting_max)


@pytest.fixture(params=["argon2id", "plain"])
def hasher(request: pytest.FixtureRequest) -> Iterator[PasswordHasher]:
    if request.param == "plain":
        yield PlainHasher()
        return
    light = _light()
    yield light
    light.close()


def _run(story: Callable[[], Awaitable[None]]) -> None:
    async def run() -> None:
        await story()

    asyncio.run(run())


def test_a_hash_is_of_its_password_and_of_no_other(hasher: PasswordHasher) -> None:
    async def story() -> None:
        encoded = await hasher.hash(RIGHT)

        assert await hasher.verify(RIGHT, encoded)
        assert not await hasher.verify(WRONG, encoded)
        assert RIGHT.reveal() not in encoded
        assert len(encoded) <= 255
        assert not hasher.is_stale(encoded)

    _run(story)


@pytest.mark.parametrize("encoded", ["", "x", "$argon2id$", "$argon2id$v=19$m=64,t=1,p=1$AAAA$BBBB", "x" * 10_000])
def test_what_is_no_hash_matches_nothing_and_is_made_again(hasher: PasswordHasher, encoded: str) -> None:
    async def story() -> None:
        assert not await hasher.verify(RIGHT, encoded)
        assert hasher.is_stale(encoded)

    _run(story)


def test_argon2id_salts_and_says_its_settings() -> None:
    light, heavier = _light(), _light(passes=2)

    async def story() -> None:
        first, second = await light.hash(RIGHT), await light.hash(RIGHT)
        assert first != second
        assert first.startswith("$argon2id$v=19$m=64,t=1,p=1$")
        assert heavier.is_stale(first)
        assert await heavier.verify(RIGHT, first)

    _run(story)
    light.close()
    heavier.close()


def test_the_default_settings_are_those_of_rfc_9106() -> None:
    default = Argon2Hasher()

    async def story() -> None:
        assert (await default.hash(RIGHT)).startswith("$argon2id$v=19$m=65536,t=3,p=4$")

    _run(story)
    default.close()


def test_hashing_leaves_the_event_loop_free_and_refuses_a_crowd() -> None:
    light = _light(waiting_max=3)
    threads: set[str] = set()

    async def story() -> None:
        async def one() -> None:
            await light._run(lambda: threads.add(threading.current_thread().name))

        done = await asyncio.gather(*(one() for _ in range(5)), return_exceptions=True)
        assert [type(error) for error in done if error is not None] == [UnavailableError] * 2
        assert threads
        assert all(name.startswith("argon2") for name in threads)
        assert await light.verify(RIGHT, await light.hash(RIGHT))

    _run(story)
    light.close()
