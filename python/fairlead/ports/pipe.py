"""Where the frames of one live connection go."""

from typing import Protocol

__all__ = ["Pipe"]


class Pipe(Protocol):
    """Takes frames as ``text_frame`` makes them; each is sent whole, in the order in which they are written."""

    def write_now(self, frame: bytes) -> bool:
        """Send a frame if there is room for it; ``False``: there is none, or nobody is there."""
        ...

    async def write(self, frame: bytes) -> None:
        """Wait until there is room and send a frame; ``OSError`` where nobody is there."""
        ...

    async def close(self, code: int, reason: str) -> None:
        """Say the end, whether there is room or not; who does not answer it is cut off a moment later."""
        ...
