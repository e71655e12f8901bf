"""Flag over environment over project file over user file over default, of every key, with its origin."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.settings.samples import KEYS, as_file, as_held, as_variable, beside, samples

from fairlead.domain.access.secret import Secret
from fairlead.settings import Flag, Loaded, load
from fairlead.settings.catalog import SETTINGS
from fairlead.settings.layers import Layer, environment_layer, file_layer, flag_layer
from fairlead.settings.merge import merge

HOME = Path("/h")
USER = Path("/h/.config/fairlead/config.toml")
PROJECT = Path("/p/fairlead.toml")
HERE = Path("/here")
LEVELS = ("user", "project", "environment", "flag")


def _plain(value: Any) -> Any:
    return value.reveal() if isinstance(value, Secret) else value


def _layers(key: str, given_values: dict[str, Any]) -> list[Layer]:
    others = {other: value for other, value in beside(key).items() if other != key}
    users = others | ({key: given_values["user"]} if "user" in given_values else {})
    layers = [file_layer(as_file(users), origin="config.toml", file=USER)]
    if "project" in given_values:
        layers.append(file_layer(as_file({key: given_values["project"]}), origin="fairlead.toml", file=PROJECT))
    if "environment" in given_values:
        variables = {SETTINGS[key].variable: as_variable(given_values["environment"])}
        layers.append(environment_layer(variables, folder=HERE))
    if "flag" in given_values:
        layers.append(flag_layer([Flag(name="--it", key=key, value=given_values["flag"])], folder=HERE))
    return layers


@given(data=st.data())
def test_the_strongest_that_says_something_wins_and_is_the_origin(data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(KEYS))
    setting = SETTINGS[key]
    levels = [level for level in LEVELS if not (level == "flag" and setting.is_secret)]
    said = data.draw(st.dictionaries(st.sampled_from(levels), st.sampled_from(samples(setting)), min_size=1))
    strongest = max(said, key=LEVELS.index)

    loaded = merge(_layers(key, said), home=HOME)

    folder = {"user": USER.parent, "project": PROJECT.parent, "environment": HERE, "flag": HERE}[strongest]
    origin = {"user": "config.toml", "project": "fairlead.toml", "environment": setting.variable, "flag": "--it"}
    assert _plain(loaded.value(key)) == as_held(setting, said[strongest], folder=folder)
    assert loaded.origins[key] == origin[strongest]


@pytest.mark.parametrize("key", KEYS)
def test_every_key_goes_through_all_five_layers_from_the_disk(key: str, tmp_path: Path) -> None:
    setting = SETTINGS[key]
    value = samples(setting)[0]
    user, project = tmp_path / "xdg" / "fairlead" / "config.toml", tmp_path / "here" / "fairlead.toml"
    for path in (user, project):
        path.parent.mkdir(parents=True)
    home = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "xdg")}

    def origin(environment: dict[str, str], *flags: Flag) -> str:
        loaded = load(flags=flags, environment=home | environment, folder=project.parent)
        return loaded.origins[key]

    assert origin({}) == "default"
    # What has to stand beside the key stands in the weakest place.
    user.write_text(as_file(dict(beside(key)) | {key: value}))
    assert origin({}) == str(user)
    project.write_text(as_file({key: value}))
    assert origin({}) == "fairlead.toml"
    variable = {setting.variable: as_variable(value)}
    assert origin(variable) == setting.variable
    if not setting.is_secret:
        assert origin(variable, Flag(name="--it", key=key, value=value)) == "--it"


def _load(tmp_path: Path, **environment: str) -> Loaded:
    return load(environment={"HOME": str(tmp_path / "home")} | environment, folder=tmp_path)


def test_defaults_are_below_home_and_data_home_moves_them(tmp_path: Path) -> None:
    plain = _load(tmp_path).settings
    moved = _load(tmp_path, XDG_DATA_HOME=str(tmp_path / "share"))
    ignored = _load(tmp_path, XDG_DATA_HOME="relative").settings

    assert plain.engine.data_dir == tmp_path / "home" / ".local" / "share" / "fairlead" == ignored.engine.data_dir
    assert plain.auth.key_file == plain.engine.data_dir / "token.key"
    assert plain.store.url.reveal() == f"sqlite:///{plain.engine.data_dir}/store.sqlite3"
    assert moved.settings.engine.data_dir == tmp_path / "share" / "fairlead"
    assert moved.settings.auth.key_file == tmp_path / "share" / "fairlead" / "token.key"
    assert moved.origins["engine.data_dir"] == "default"


def test_what_is_in_the_data_directory_follows_it(tmp_path: Path) -> None:
    (tmp_path / "fairlead.toml").write_text('[engine]\ndata_dir = "venue"\n')

    settings = _load(tmp_path).settings

    assert settings.engine.data_dir == tmp_path / "venue"
    assert settings.auth.key_file == tmp_path / "venue" / "token.key"
    assert settings.store.url.reveal() == f"sqlite:///{tmp_path}/venue/store.sqlite3"


def test_a_relative_path_of_a_file_is_relative_to_that_file(tmp_path: Path) -> None:
    user = tmp_path / "home" / ".config" / "fairlead" / "config.toml"
    user.parent.mkdir(parents=True)
    user.write_text('[engine]\ndata_dir = "venue"\n')
    (tmp_path / "other").mkdir()

    from_one = load(environment={"HOME": str(tmp_path / "home")}, folder=tmp_path).settings
    from_other = load(environment={"HOME": str(tmp_path / "home")}, folder=tmp_path / "other").settings

    assert from_one.engine.data_dir == from_other.engine.data_dir == user.parent / "venue"


def test_a_list_of_paths_is_resolved_one_by_one(tmp_path: Path) -> None:
    (tmp_path / "fairlead.toml").write_text(as_file({"auth.earlier_key_files": ["a", "~/b", "{data_dir}/c", "/d"]}))

    found = _load(tmp_path, FAIRLEAD_ENGINE__DATA_DIR="/srv").settings.auth.earlier_key_files

    assert found == (tmp_path / "a", tmp_path / "home" / "b", Path("/srv/c"), Path("/d"))


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("sqlite:///a.db", "sqlite+aiosqlite:///a.db"),
        ("sqlite+aiosqlite:///a.db", "sqlite+aiosqlite:///a.db"),
        ("postgresql://u:p:q@h/d", "postgresql+psycopg://u:p:q@h/d"),
        ("postgresql+asyncpg://h/d", "postgresql+asyncpg://h/d"),
    ],
)
def test_the_driver_of_a_store_is_named(url: str, driver: str, tmp_path: Path) -> None:
    assert _load(tmp_path, FAIRLEAD_STORE__URL=url).settings.store.driver_url.reveal() == driver


def test_an_empty_path_takes_back_one_of_a_weaker_file(tmp_path: Path) -> None:
    (tmp_path / "fairlead.toml").write_text('[log]\nfile = "it.log"\n')

    assert _load(tmp_path).settings.log.file == tmp_path / "it.log"
    assert _load(tmp_path, FAIRLEAD_LOG__FILE="").settings.log.file is None


def test_a_named_file_is_read_in_place_of_the_project_file(tmp_path: Path) -> None:
    (tmp_path / "fairlead.toml").write_text("server.port = 1\nserver.workers = 2\n")
    (tmp_path / "other.toml").write_text("server.port = 3\n")

    loaded = load(file=Path("other.toml"), environment={"HOME": str(tmp_path)}, folder=tmp_path)

    assert (loaded.settings.server.port, loaded.origins["server.port"]) == (3, "other.toml")
    assert loaded.settings.server.workers == 1
