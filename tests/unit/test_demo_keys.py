"""Keys of the demo: what a terminal sends is what the user meant, and the rest is ignored."""

from __future__ import annotations

import os

import pytest

from fairlead.cli.demo_keys import Key, Keyboard, parse


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (b"q", [Key.QUIT]),
        (b"Q", [Key.QUIT]),
        (b"\t", [Key.NEXT]),
        (b"\x1b[C", [Key.NEXT]),
        (b"\x1bOC", [Key.NEXT]),
        (b"\x1b[D\x1b[Z", [Key.PREVIOUS, Key.PREVIOUS]),
        (b"3q", [3, Key.QUIT]),
    ],
)
def test_keys_are_what_the_user_meant(typed: bytes, expected: list[Key | int]) -> None:
    assert list(parse(typed)) == expected


@pytest.mark.parametrize("typed", [b"", b"x", b"0", b"\x1b", b"\x1b[", b"\xc3\xa9", b"\x00"])
def test_everything_else_means_nothing(typed: bytes) -> None:
    assert list(parse(typed)) == []


def test_a_keyboard_gives_what_was_typed_and_nothing_once_the_other_end_is_gone() -> None:
    reader, writer = os.pipe()
    try:
        keys = Keyboard(reader)
        assert list(keys.wait(0)) == []
        os.write(writer, b"\tq")
        assert list(keys.wait(10)) == [Key.NEXT, Key.QUIT]
        os.close(writer)
        assert list(keys.wait(10)) == []
        assert list(keys.wait(0)) == []
    finally:
        os.close(reader)


def test_without_a_terminal_there_are_no_keys() -> None:
    assert list(Keyboard(None).wait(0)) == []
