"""Where and of what a run was made, for the file of raw numbers."""

import os
import platform
import subprocess
from pathlib import Path


def describe() -> dict[str, str | int]:
    """Return processor model, number of cores, kernel and load before the run."""
    return {
        "cpu": _cpu_model(),
        "cores": os.cpu_count() or 0,
        "kernel": platform.release(),
        "load_1min": f"{os.getloadavg()[0]:.2f}",
        "python": platform.python_version(),
    }


def commit(root: Path) -> str:
    """Return the commit measured, with ``-dirty`` where the tree differs from it; ``unknown`` without git."""
    try:
        head = subprocess.run(
            ["git", "rev-parse", "--short=12", "HEAD"], cwd=root, capture_output=True, text=True, check=True
        ).stdout.strip()
        changed = subprocess.run(
            ["git", "status", "--porcelain", "--untracked-files=no"],
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{head}-dirty" if changed else head


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())
