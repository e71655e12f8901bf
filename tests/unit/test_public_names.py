"""What ``import fairlead`` gives, and what it costs."""

import subprocess
import sys

import pytest

import fairlead

IMPORT_MS_MAX = 150


def _python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout


def test_all_public_names_are_there_and_no_others() -> None:
    assert sorted(fairlead.__all__) == sorted(fairlead._HOMES)
    assert all(getattr(fairlead, name) is not None for name in fairlead.__all__)
    assert dir(fairlead) == sorted(fairlead.__all__)
    with pytest.raises(AttributeError, match="Exchagne"):
        _ = fairlead.Exchagne


def test_importing_the_package_imports_neither_core_nor_numpy() -> None:
    loaded = _python("import fairlead, sys; print(*sys.modules)").split()

    assert "fairlead" in loaded
    assert not {"msgspec", "numpy", "typer", "rich", "fairlead.engine", "fairlead._core._native"} & set(loaded)


def test_the_exchange_works_without_numpy() -> None:
    code = (
        "import sys; sys.modules['numpy'] = None\n"
        "import fairlead\n"
        "ex = fairlead.Exchange()\n"
        "ex.list(fairlead.Instrument('X', quote='USD', tick_size='0.01'))\n"
        "ex.add_account('a', kind='credit')\n"
        "ex.submit(account='a', symbol='X', side='buy', order_qty=1, price=1)\n"
        "print(len(ex.run(bytes(64))) // 96)\n"
    )

    assert _python(code).split() == ["1"]


def test_time_of_the_import_is_printed() -> None:
    code = "import time; t = time.perf_counter(); import fairlead; fairlead.Exchange; print(time.perf_counter() - t)"

    import_ms = float(_python(code)) * 1_000

    print(f"import fairlead and its core: {import_ms:.0f} ms, goal {IMPORT_MS_MAX} ms")
    assert import_ms > 0
