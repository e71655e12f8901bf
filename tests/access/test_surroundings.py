"""The machine's clock and randomness, and the derived secrets of API keys."""

import hashlib
import re

from fairlead.adapters.access import DerivedKeys, SystemClock, SystemSecrets


def test_the_clock_is_in_nanoseconds_of_our_time() -> None:
    year_2020, year_2200 = 1_577_836_800 * 10**9, 7_258_118_400 * 10**9

    assert year_2020 < SystemClock().now_ns() < year_2200


def test_random_bytes_are_as_many_as_asked_for_and_differ() -> None:
    secrets = SystemSecrets()

    assert [len(secrets.token_bytes(count)) for count in (1, 16, 64)] == [1, 16, 64]
    assert len({secrets.token_bytes(16) for _ in range(100)}) == 100


def test_the_secret_of_a_key_is_the_same_each_time_and_of_no_other_key_or_master() -> None:
    vault, other = (DerivedKeys(hashlib.sha256(name).digest()) for name in (b"one", b"two"))

    assert vault.secret_of("key_1") == vault.secret_of("key_1")
    assert vault.secret_of("key_1") != vault.secret_of("key_2")
    assert vault.secret_of("key_1") != other.secret_of("key_1")
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", vault.secret_of("key_1").reveal())
