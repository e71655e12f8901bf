"""A secret is in no output, no error and no repr; the canary is looked for in all of them."""

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fairlead.cli import app
from fairlead.cli.exit_codes import ExitCode
from fairlead.domain.access.secret import Secret
from fairlead.settings import Flag, SecretUrl, SettingsError, load
from fairlead.settings.catalog import SETTINGS
from fairlead.settings.render import as_object, as_toml
from fairlead.settings.secret import is_hidden, shown_of

CANARY = "canary7f3a"
runner = CliRunner()
SECRETS = {
    "FAIRLEAD_BUS__PASSWORD": CANARY,
    "FAIRLEAD_MAIL__PASSWORD": CANARY,
    "FAIRLEAD_STORE__URL": f"postgresql://desk:{CANARY}@db.example:5432/fairlead?sslpassword={CANARY}",
    "FAIRLEAD_CACHE__URL": f"rediss://:{CANARY}@cache.example/0",
}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in [name for name in os.environ if name.startswith(("FAIRLEAD_", "XDG_"))]:
        monkeypatch.delenv(name)
    return tmp_path


def test_nothing_that_shows_the_configuration_shows_a_secret(tmp_path: Path) -> None:
    loaded = load(environment={"HOME": str(tmp_path)} | SECRETS, folder=tmp_path)

    assert loaded.settings.bus.password.reveal() == CANARY
    for shown in (
        repr(loaded),
        str(loaded.settings),
        as_toml(loaded, with_origin=True),
        json.dumps(as_object(loaded, with_origin=True)),
        f"{loaded.settings.bus.password}",
    ):
        assert CANARY not in shown
    assert "postgresql://desk:hidden@db.example:5432/fairlead?hidden" in as_toml(loaded, with_origin=False)


def test_a_secret_that_is_hidden_is_no_value_of_the_toml_that_is_shown(tmp_path: Path) -> None:
    loaded = load(environment={"HOME": str(tmp_path)} | SECRETS, folder=tmp_path)

    lines = as_toml(loaded, with_origin=False).splitlines()

    assert '#password = "hidden"' in lines
    assert not any(line.startswith(("url =", "password =")) for line in lines)


@pytest.mark.parametrize("command", [["config", "show", "--origin"], ["config", "check"], ["doctor"]])
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_no_command_prints_a_secret(
    command: list[str], form: list[str], place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    (place / "fairlead.toml").write_text(f'[bus]\nkind = "memory"\nusername = "desk"\npassword = "{CANARY}"\n')

    result = runner.invoke(app, [*command, *form, "--set", f"engine.data_dir={place}"])

    assert result.stdout
    assert CANARY not in result.output


@pytest.mark.parametrize(
    "text",
    [
        f"[bus]\npassword = ['{CANARY}']\n",
        f"[bus]\npassword = '{CANARY * 200}'\n",
        f'[bus]\npassword = "{CANARY}\\u0001"\n',
        f"[bus]\npasword = '{CANARY}'\n",
        f"password = '{CANARY}'\n",
        f"[bsu]\npassword = '{CANARY}'\n",
        f"[store]\nurl = 'mysql://u:{CANARY}@h/d'\n",
        f"[store]\nurl = 'postgresql://u:{CANARY} @h/d'\n",
        f"[cache]\nurl = '{CANARY}'\n",
        f"[bus]\npassword = '{CANARY}\n",
        f"[bus]\npassword = {CANARY}\n",
        f"[bus]\npassword = '{CANARY}'\nkind = 'kafka'\nservers = ['h:1']\n",
    ],
)
def test_no_error_tells_a_secret(text: str, tmp_path: Path) -> None:
    (tmp_path / "fairlead.toml").write_text(text)

    with pytest.raises(SettingsError) as refused:
        load(environment={"HOME": str(tmp_path)}, folder=tmp_path)

    assert CANARY not in str(refused.value) + repr(refused.value) + repr(refused.value.problems)


@pytest.mark.parametrize("key", [key for key, setting in SETTINGS.items() if setting.is_secret])
def test_a_secret_is_no_flag(key: str, place: Path) -> None:
    with pytest.raises(SettingsError, match=f"set {SETTINGS[key].variable}") as refused:
        load(flags=[Flag(name="--it", key=key, value=CANARY)], environment={"HOME": str(place)}, folder=place)
    result = runner.invoke(app, ["config", "check", "--json", "--set", f"{key}={CANARY}"])

    assert CANARY not in str(refused.value)
    assert result.exit_code == ExitCode.DATA
    assert CANARY not in result.output


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("sqlite:////srv/venue/store.sqlite3", "sqlite:////srv/venue/store.sqlite3"),
        ("redis://h:6379/0", "redis://h:6379/0"),
        ("redis://u@h/0", "redis://u@h/0"),
        (f"redis://u:{CANARY}@h/0", "redis://u:hidden@h/0"),
        (f"redis://:{CANARY}@[::1]:1/0", "redis://:hidden@[::1]:1/0"),
        (f"postgresql://h/d?password={CANARY}", "postgresql://h/d?hidden"),
        # A password that takes the address apart: which part it is, nobody can tell.
        (f"postgresql://u:a/{CANARY}@h/d", "hidden"),
        (f"postgresql://u:a?{CANARY}@h/d", "hidden"),
        (f"postgresql://u:a#{CANARY}@h/d", "hidden"),
        (f"postgresql://u:12?{CANARY}@h/d", "hidden"),
        (f"redis://:{CANARY}:6379", "hidden"),
        (f"redis://[{CANARY}", "hidden"),
        (f"host=h password={CANARY}", "hidden"),
        (f"redis:u:{CANARY}@h", "hidden"),
        (CANARY, "hidden"),
    ],
)
def test_an_address_shows_what_is_certainly_no_secret(text: str, shown: str) -> None:
    url = SecretUrl(text)

    assert url.shown == shown
    assert is_hidden(url) == (shown != text)
    assert repr(url) == f"SecretUrl({shown!r})"
    assert url.reveal() == text


def test_what_is_no_address_shows_only_whether_it_is_set() -> None:
    assert (shown_of(Secret(CANARY)), shown_of(Secret(""))) == ("hidden", "")
    assert (is_hidden(Secret(CANARY)), is_hidden(Secret(""))) == (True, False)
