"""What a process has its allocator give back, seen from a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

# Acts, then lets a large buffer come and go, as a snapshot is, and says how many mappings another one takes.
_STORY = """
import contextlib, ctypes, sys
from fairlead.adapters.machine.allocator import map_large_buffers
from fairlead.cli import main

class Figures(ctypes.Structure):
    names = "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost"
    _fields_ = [(name, ctypes.c_size_t) for name in names.split()]

libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_size_t], [ctypes.c_void_p]
libc.mallinfo2.restype = Figures
with contextlib.suppress(SystemExit):
    {act}
libc.free(libc.malloc(16 << 20))
before = libc.mallinfo2().hblks
libc.malloc(1 << 20)
print(libc.mallinfo2().hblks - before)
"""


@pytest.mark.parametrize(("act", "mappings"), [("map_large_buffers()", 1), ("pass", 0)])
def test_a_large_buffer_is_a_mapping_whatever_was_freed_before(act: str, mappings: int) -> None:
    told = subprocess.check_output([sys.executable, "-c", _STORY.format(act=act)], text=True, timeout=60)

    assert int(told) == mappings


@pytest.mark.parametrize("words", [["engine", "--port", "0"], ["serve", "--port", "0", "--gateway-port", "0"]])
def test_an_engine_gives_large_buffers_back_whoever_runs_it(tmp_path: Path, words: list[str]) -> None:
    directory = tmp_path / "venue"
    command = [sys.executable, "-c", _STORY.format(act="main()"), *words, "--data", str(directory), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        ready = process.stdout.readline()
        process.terminate()
        told, _ = process.communicate(timeout=60)

    assert (json.loads(ready)["data"], int(told)) == (str(directory), 1)
