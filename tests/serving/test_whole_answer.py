"""What is written to a connection, and in how many pieces."""

from typing import Any

from fairlead.adapters.serving.whole_answer import WholeAnswer

HEAD, BODY = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n", b"{}"


class Wire:
    """A transport that keeps what it is given."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.is_closed = False

    def write(self, data: bytes) -> None:
        assert not self.is_closed
        self.written.append(data)

    def is_closing(self) -> bool:
        return self.is_closed

    def close(self) -> None:
        self.is_closed = True


def _answer() -> tuple[Wire, WholeAnswer]:
    wire: Any = Wire()
    return wire, WholeAnswer(wire)


def test_head_and_body_are_one_write_of_every_answer() -> None:
    wire, answer = _answer()
    for _ in range(2):
        answer.write(HEAD)
        assert wire.written in ([], [HEAD + BODY])
        answer.write(BODY)
        answer.end()
    assert wire.written == [HEAD + BODY, HEAD + BODY]


def test_more_of_a_body_goes_as_it_comes() -> None:
    wire, answer = _answer()
    for part in (HEAD, b"1", b"2", b"3"):
        answer.write(part)
    answer.end()
    assert wire.written == [HEAD + b"1", b"2", b"3"]


def test_a_head_without_a_body_goes_at_its_end_and_before_the_close() -> None:
    wire, answer = _answer()
    answer.write(HEAD)
    answer.end()
    assert wire.written == [HEAD]
    answer.write(HEAD)
    answer.close()
    assert (wire.written, answer.is_closing()) == ([HEAD, HEAD], True)


def test_who_asks_whether_to_send_a_body_hears_it_before_the_answer() -> None:
    wire, answer = _answer()
    answer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    assert wire.written == [b"HTTP/1.1 100 Continue\r\n\r\n"]
    answer.write(HEAD)
    answer.write(BODY)
    assert wire.written[1:] == [HEAD + BODY]
