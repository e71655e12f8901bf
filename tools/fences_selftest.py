"""Shows that each fence still stands: plants one violation per rule in a copy and expects its tool to refuse it.

A rule that nobody has seen fail may long have been switched off. `xtask tidy` plants its violations in its own tests.
"""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = Path(sysconfig.get_path("scripts"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fence:
    """One rule: the files that break it and the words with which the tool must say so."""

    name: str
    plant: Mapping[str, str]
    command: Sequence[str]
    says: Sequence[str]


LINT_IMPORTS = (str(SCRIPTS / "lint-imports"), "--no-cache")
RUFF = (str(SCRIPTS / "ruff"), "check", "--no-cache")
MYPY = (sys.executable, "-m", "mypy", "--cache-dir", os.devnull)
STUBTEST = (sys.executable, "-m", "mypy.stubtest", "fairlead._core._native")
CLIPPY = ("cargo", "clippy", "--quiet", "--offline", "--all-targets", "--", "-D", "warnings")

# A machine of which only the folder `bin` is on the path.
PREFLIGHT = ("env", "PATH=bin", shutil.which("bash") or "bash", str(ROOT / "tools" / "preflight"))
WORKS = "#!/bin/sh\n"

PLANTED_MANIFEST = """[package]
name = "planted"
edition.workspace = true

[lints]
workspace = true
"""
PLANTED_RUST = """//! Breaks each ban once.
/// Hash order differs per process.
pub type A = std::collections::HashMap<u8, u8>;
/// Hash order differs per process.
pub type B = std::collections::HashSet<u8>;
/// Reads a clock.
pub fn c() { let _ = std::time::Instant::now(); }
/// Reads a clock.
pub fn d() { let _ = std::time::SystemTime::now(); }
/// Computes with floats.
pub fn e(x: f64) -> f64 { x + 1.0 }
/// Unwraps.
pub fn f(x: Option<u8>) -> u8 { x.unwrap() }
/// Two or more words behind one wildcard.
pub enum G { A, B, C }
/// Hides them.
pub fn h(x: &G) -> u8 { match x { G::A => 1, _ => 2 } }
/// Is unsafe.
pub fn i(x: *const u8) -> u8 { unsafe { *x } }
pub fn undocumented() {}
"""

FENCES = (
    Fence(
        name="make: a missing Python is named",
        plant={"bin/cargo": WORKS},
        command=PREFLIGHT,
        says=("python3 >= 3.11 is missing: no python3 found; install it with:  ",),
    ),
    Fence(
        name="make: an old Python is named",
        plant={"bin/python3": '#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2\n'},
        command=PREFLIGHT,
        says=("python3 >= 3.11 is missing: Python 3.9.2 found; install it with:  ",),
    ),
    Fence(
        name="make: a missing cargo is named",
        plant={"bin/python3": WORKS},
        command=PREFLIGHT,
        says=("cargo >= 1.88 is missing: no cargo found; install it with:  ",),
    ),
    Fence(
        name="make: an old cargo is named",
        plant={"bin/python3": WORKS, "bin/cargo": "#!/bin/sh\necho 'cargo 1.87.9 (0)'\n"},
        command=PREFLIGHT,
        says=("cargo >= 1.88 is missing: found 1.87; install it with:  ",),
    ),
    Fence(
        name="make: a missing linker is named",
        plant={"bin/python3": WORKS, "bin/cargo": "#!/bin/sh\necho 'cargo 1.88.0 (0)'\n"},
        command=PREFLIGHT,
        says=("a C linker (cc) is missing: cargo links with it; install it with:  ",),
    ),
    Fence(
        name="import rules: a lower layer imports a higher one",
        plant={"python/fairlead/errors.py": '"""Planted."""\nimport fairlead.cli\n'},
        command=LINT_IMPORTS,
        says=("One-way layers BROKEN",),
    ),
    Fence(
        name="import rules: a new top-level package has no place",
        plant={"python/fairlead/utils.py": '"""Planted."""\n'},
        command=LINT_IMPORTS,
        says=("One-way layers BROKEN", "utils"),
    ),
    Fence(
        name="import rules: a new package of the domain has no place",
        plant={"python/fairlead/domain/planted/__init__.py": '"""Planted."""\n'},
        command=LINT_IMPORTS,
        says=("Domain sub-layers BROKEN", "planted"),
    ),
    Fence(
        name="import rules: a rule of business calls a use case",
        plant={"python/fairlead/domain/market_replay/planted.py": '"""Planted."""\nimport fairlead.services\n'},
        command=LINT_IMPORTS,
        says=("One-way layers BROKEN",),
    ),
    Fence(
        name="import rules: one family of adapters knows another",
        plant={
            "python/fairlead/adapters/exports/__init__.py": '"""Planted."""\n',
            "python/fairlead/adapters/feeds/planted.py": '"""Planted."""\nimport fairlead.adapters.exports\n',
        },
        command=LINT_IMPORTS,
        says=("Adapter families do not know each other BROKEN",),
    ),
    Fence(
        name="import rules: the web knows an adapter",
        plant={"python/fairlead/web/planted.py": '"""Planted."""\nimport fairlead.adapters.stores\n'},
        command=LINT_IMPORTS,
        says=("The web is given its services BROKEN",),
    ),
    Fence(
        name="import rules: only the facade touches the core",
        plant={"python/fairlead/cli/planted.py": '"""Planted."""\nfrom fairlead import _core\n'},
        command=LINT_IMPORTS,
        says=("Only the engine facade and the codec touch the compiled core BROKEN",),
    ),
    Fence(
        name="import rules: pure code reads no clock",
        plant={"python/fairlead/model/planted.py": '"""Planted."""\nimport time\n'},
        command=LINT_IMPORTS,
        says=("Pure code does no I/O, reads no clock, draws no randomness BROKEN",),
    ),
    Fence(
        name="import rules: siblings do not import each other in a circle",
        plant={
            "python/fairlead/cli/planted_a.py": '"""Planted."""\nimport fairlead.cli.planted_b\n',
            "python/fairlead/cli/planted_b.py": '"""Planted."""\nimport fairlead.cli.planted_a\n',
        },
        command=LINT_IMPORTS,
        says=("No sibling cycles anywhere BROKEN",),
    ),
    Fence(
        name="ruff: pure code asks for no time, hides no error, keeps no dead code",
        plant={
            "python/fairlead/model/planted.py": (
                '"""Planted."""\nimport datetime\nnow = datetime.datetime.now(tz=datetime.UTC)\n'
                "day = datetime.date.today()\n# x = f(1)\ntry:\n    pass\nexcept Exception:\n    pass\n"
            )
        },
        command=(*RUFF, "python/fairlead/model/planted.py"),
        says=("`datetime.datetime.now` is banned", "`datetime.date.today` is banned", "ERA001", "BLE001"),
    ),
    Fence(
        name="ruff: every public name says what it is",
        plant={"python/fairlead/planted.py": "def f(x: int) -> int:\n    return x\n"},
        command=(*RUFF, "python/fairlead/planted.py"),
        says=("D100", "D103"),
    ),
    Fence(
        name="mypy: nothing untyped, nothing of the wrong type",
        plant={"python/fairlead/planted.py": '"""Planted."""\ndef f(x): return x\ny: int = "1"\n'},
        command=(*MYPY, "python/fairlead/planted.py"),
        says=("no-untyped-def", "Incompatible types in assignment"),
    ),
    Fence(
        name="stubtest: the stub promises what the core has not",
        plant={"python/fairlead/_core/_native.pyi": '"""Planted."""\ndef planted(x: int) -> int: ...\n'},
        command=STUBTEST,
        says=("fairlead._core._native.planted is not present at runtime",),
    ),
    Fence(
        name="OpenAPI: the committed document is another than that of the routes",
        plant={
            "docs/openapi.yaml": "openapi: 3.1.0\n",
            "tools/openapi.py": (ROOT / "tools" / "openapi.py").read_text(encoding="utf-8"),
        },
        command=(sys.executable, "tools/openapi.py", "--check"),
        says=("+  /orders:", "docs/openapi.yaml differs from the routes; write it: python tools/openapi.py"),
    ),
    Fence(
        name="clippy: no hash order, clock, float, unwrap, wildcard, unsafe, silence",
        plant={"crates/planted/Cargo.toml": PLANTED_MANIFEST, "crates/planted/src/lib.rs": PLANTED_RUST},
        command=CLIPPY,
        says=(
            "disallowed type `std::collections::HashMap`",
            "disallowed type `std::collections::HashSet`",
            "disallowed method `std::time::Instant::now`",
            "disallowed method `std::time::SystemTime::now`",
            "floating-point arithmetic detected",
            "used `unwrap()`",
            "wildcard match will also match any future added variants",
            "usage of an `unsafe` block",
            "missing documentation for a function",
        ),
    ),
)


@contextmanager
def planted_copy(plant: Mapping[str, str]) -> Iterator[Path]:
    """Yield a folder with our settings and Python package, in which the files of ``plant`` are written.

    Args:
        plant: text by path from the root.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        shutil.copy(ROOT / "clippy.toml", copy / "clippy.toml")
        shutil.copy(ROOT / "pyproject.toml", copy / "pyproject.toml")
        manifest = (ROOT / "Cargo.toml").read_text(encoding="utf-8")
        manifest = re.sub(r"members = \[[^]]*\]", 'members = ["crates/planted"]', manifest, count=1)
        (copy / "Cargo.toml").write_text(manifest, encoding="utf-8")
        if any(path.endswith((".py", ".pyi")) for path in plant):
            shutil.copytree(ROOT / "python", copy / "python", ignore=shutil.ignore_patterns("__pycache__"))
        for path, text in plant.items():
            target = copy / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            target.chmod(0o755)
        yield copy


def shortcomings(fence: Fence) -> list[str]:
    """Return what the tool did not say about the planted violation; nothing where the fence stands."""
    with planted_copy(fence.plant) as copy:
        source = str(copy / "python")
        environment = os.environ | {
            "CARGO_TARGET_DIR": str(copy / "target"),
            "CARGO_TERM_COLOR": "never",
            "COLUMNS": "200",
            "MYPYPATH": source,
            "NO_COLOR": "1",
            "PYTHONPATH": source,
        }
        done = subprocess.run(fence.command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    output = done.stdout + done.stderr
    found = [f"did not say: {words}" for words in fence.says if words not in output]
    if done.returncode == 0:
        found.append("exit code 0")
    return [*found, *output.splitlines()[-15:]] if found else []


def main() -> int:
    """Try every fence; exit code 0 where all stand."""
    fallen = 0
    for fence in FENCES:
        found = shortcomings(fence)
        fallen += bool(found)
        print("FALLEN" if found else "stands", fence.name)
        for line in found:
            print("   ", line)
    refused = sum(len(fence.says) for fence in FENCES)
    print(f"fences: {len(FENCES) - fallen} of {len(FENCES)} stand, {refused} refusals expected")
    return 1 if fallen else 0


if __name__ == "__main__":
    sys.exit(main())
