"""Runs promtool; where it is not installed, the test is skipped, and fails in CI."""

import os
import shutil
import subprocess

import pytest


def promtool(*words: str) -> None:
    program = shutil.which("promtool")
    if program is None:
        line = "promtool is not installed; apt-get install prometheus"
        if os.environ.get("CI"):
            pytest.fail(f"CI has it: {line}", pytrace=False)
        pytest.skip(line)
    done = subprocess.run([program, *words], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
