"""What a process sets once, seen from a process of its own."""

import subprocess
import sys

import pytest

_STORY = """
import ctypes, sys
from fairlead.adapters.serving import settle

class Figures(ctypes.Structure):
    names = "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost"
    _fields_ = [(name, ctypes.c_size_t) for name in names.split()]

libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_size_t], [ctypes.c_void_p]
libc.mallinfo2.restype = Figures
if sys.argv[1] == "settled":
    settle()
# A large buffer that comes and goes, as a snapshot is.
libc.free(libc.malloc(16 << 20))
before = libc.mallinfo2().hblks
libc.malloc(1 << 20)
print(libc.mallinfo2().hblks - before)
"""


@pytest.mark.parametrize(("how", "mappings"), [("settled", 1), ("left alone", 0)])
def test_a_large_buffer_is_a_mapping_whatever_was_freed_before(how: str, mappings: int) -> None:
    done = subprocess.run([sys.executable, "-c", _STORY, how], capture_output=True, text=True, check=True, timeout=60)

    assert int(done.stdout) == mappings
