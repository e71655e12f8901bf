"""Why bytes are not a message, or values cannot be written as one."""

from fairlead.errors import DataError


class WireError(DataError):
    """Bytes are not a message, or values do not fit one.

    Attributes:
        fault: what is wrong: ``Short`` and ``FrameLength`` mean that the stream is out of step and has to end;
            ``UnknownKind``, ``NewerVersion``, ``BlockLength``, ``UnknownCode``, ``NotZero``, ``NotText`` and
            ``TooMany`` concern one message; ``Missing``, ``Unknown`` and ``OutOfRange`` a value to be written.
        field: the field's name on the page of layouts.
        at: where it starts, in bytes from the start of the message.
        value: what stands there.
        limit: the largest or only value that would do.
    """

    def __init__(self, fault: str, field: str, *, at: int, value: object, limit: object) -> None:
        super().__init__(f"{fault}: field={field} at={at} value={value!r} limit={limit!r}")
        self.fault = fault
        self.field = field
        self.at = at
        self.value = value
        self.limit = limit

    @property
    def is_framing(self) -> bool:
        """Whether nothing that follows on the connection can be read."""
        return self.fault in {"Short", "FrameLength"}
