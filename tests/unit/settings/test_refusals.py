"""What is refused: unknown names, wrong types, values out of range or that do not go together, files that are none."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.settings.samples import KEYS, as_file, as_variable, bounds

from fairlead.errors import DataError, NotFoundError, UnavailableError
from fairlead.settings import Flag, Problem, SettingsError, load
from fairlead.settings.catalog import SETTINGS, Kind
from fairlead.settings.layers import environment_layer, file_layer

NUMBERS = [key for key in KEYS if SETTINGS[key].kind is Kind.NUMBER]
WRONG: dict[Kind, list[Any]] = {
    Kind.NUMBER: ["8080", "x", True, 80.5, 80.0, [1]],
    Kind.SWITCH: ["true", 1, 0, []],
    Kind.TEXT: [1, True, ["x"]],
    Kind.CHOICE: [1, False, ["x"]],
    Kind.LIST: ["x", 1, [1], [["x"]]],
    Kind.PATH: [1, False, ["x"]],
    Kind.PATHS: ["x", 1, [1], [["x"]]],
    Kind.SECRET: [1, False, ["x"]],
    Kind.SECRET_URL: [1, False, ["x"]],
}


def _problems(tmp_path: Path, text: str = "", *flags: Flag, **environment: str) -> tuple[Problem, ...]:
    (tmp_path / "fairlead.toml").write_text(text)
    with pytest.raises(SettingsError) as refused:
        load(flags=flags, environment={"HOME": str(tmp_path)} | environment, folder=tmp_path)
    assert isinstance(refused.value, DataError)
    for problem in refused.value.problems:
        assert str(problem) in str(refused.value)
        assert problem.fix
    return refused.value.problems


def _one(tmp_path: Path, text: str = "", *flags: Flag, **environment: str) -> Problem:
    (problem,) = _problems(tmp_path, text, *flags, **environment)
    return problem


@pytest.mark.parametrize("key", KEYS)
def test_a_wrong_type_names_key_value_limit_and_file(key: str, tmp_path: Path) -> None:
    setting = SETTINGS[key]
    for value in WRONG[setting.kind]:
        problem = _one(tmp_path, as_file({key: value}))

        assert (problem.origin, problem.key, problem.limit) == ("fairlead.toml", key, setting.limit)
        assert problem.what == "has the wrong type"
        assert problem.value == ("hidden" if setting.is_secret else repr(value))


@pytest.mark.parametrize("key", NUMBERS)
def test_a_number_is_taken_at_its_limits_and_not_one_over(key: str, tmp_path: Path) -> None:
    low, high, step = bounds(SETTINGS[key])
    refused = {low - step, high + step, -(10**30), 10**30} | ({low + 1} if step > 1 else set())

    for value in refused:
        in_file = _one(tmp_path, as_file({key: value}))
        in_variable = _one(tmp_path, **{SETTINGS[key].variable: str(value)})
        in_flag = _one(tmp_path, "", Flag(name="--it", key=key, value=value))

        assert (in_file.origin, in_variable.origin, in_flag.origin) == ("fairlead.toml", SETTINGS[key].variable, "--it")
        for problem in (in_file, in_flag):
            assert (problem.key, problem.value, problem.limit) == (key, str(value), SETTINGS[key].limit)
    for value in (low, high):
        # Whether it goes together with the others is another question than its range.
        layer = file_layer(as_file({key: value}), origin="f", file=Path("f"))
        assert (layer.problems, layer.values[key].value) == ((), value)


@pytest.mark.parametrize("text", ["", "8_0", "0x50", " 80", "80 ", "1e3", "٨٠", "+-1", "yes"])
def test_a_variable_that_is_no_number_is_refused_and_not_guessed(text: str, tmp_path: Path) -> None:
    problem = _one(tmp_path, FAIRLEAD_SERVER__PORT=text)

    assert (problem.origin, problem.key) == ("FAIRLEAD_SERVER__PORT", "server.port")
    assert problem.fix == "give a whole number"


@pytest.mark.parametrize("text", ["1", "yes", "True", "on", ""])
def test_a_switch_of_a_variable_is_true_or_false(text: str, tmp_path: Path) -> None:
    assert _one(tmp_path, FAIRLEAD_ENGINE__LATENCY=text).limit == "true or false"


@pytest.mark.parametrize(
    ("text", "key", "fix"),
    [
        ("[servr]\nport = 1\n", "servr", "did you mean server?"),
        ("[server]\nprot = 1\n", "server.prot", "did you mean server.port?"),
        ("[server]\nPort = 1\n", "server.Port", "did you mean server.port?"),
        ("[engine]\naccess_ttl_s = 1\n", "engine.access_ttl_s", "did you mean auth.access_ttl_s?"),
        ("port = 1\n", "port", "did you mean server.port?"),
        ("[server]\nzzzzzz = 1\n", "server.zzzzzz", "fairlead config show lists them all"),
        ("[zzzzzz]\n", "zzzzzz", "sections are"),
        ("server = 1\n", "server", "write [server]"),
        ("[server.port]\nx = 1\n", "server.port", "give a whole number"),
        ("[log]\nlevel = 'warn'\n", "log.level", "did you mean warning?"),
        ("[auth]\nalgorithm = 'none'\n", "auth.algorithm", "give one of the words"),
    ],
)
def test_what_a_file_cannot_mean_is_named_with_what_it_may_have_meant(
    text: str, key: str, fix: str, tmp_path: Path
) -> None:
    problem = _one(tmp_path, text)

    assert (problem.origin, problem.key) == ("fairlead.toml", key)
    assert problem.fix.startswith(fix)


@pytest.mark.parametrize(
    ("variable", "fix"),
    [
        ("FAIRLEAD_SERVER__PROT", "did you mean FAIRLEAD_SERVER__PORT?"),
        ("FAIRLEAD_SERVR__PORT", "did you mean FAIRLEAD_SERVER__PORT?"),
        ("FAIRLEAD_SERVER_PORT", "did you mean FAIRLEAD_SERVER__PORT?"),
        ("FAIRLEAD_server__port", "did you mean FAIRLEAD_SERVER__PORT?"),
        ("FAIRLEAD_", "unset it"),
    ],
)
def test_an_unknown_variable_is_refused(variable: str, fix: str, tmp_path: Path) -> None:
    problem = _one(tmp_path, **{variable: "1"})

    assert problem.origin == variable
    assert problem.fix.startswith(fix)


def test_variables_of_others_are_not_looked_at(tmp_path: Path) -> None:
    load(
        environment={
            "HOME": str(tmp_path),
            "FAIR": "1",
            "MY_FAIRLEAD_X": "1",
            "FAIRLEAD_DATA": "x",
            "FAIRLEAD_TEST_X": "x",
        },
        folder=tmp_path,
    )


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    text = "[server]\nport = 'x'\nprot = 1\n[lgo]\n"

    problems = _problems(tmp_path, text, FAIRLEAD_AUTH__LEEWAY_S="61")

    assert [problem.key for problem in problems] == ["server.port", "server.prot", "lgo", "auth.leeway_s"]


def test_a_wrong_value_is_told_also_where_a_stronger_one_counts(tmp_path: Path) -> None:
    assert _one(tmp_path, "server.port = -1\n", FAIRLEAD_SERVER__PORT="8081").origin == "fairlead.toml"


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"server.port": 9080}, "server.gateway_port"),
        ({"server.trusted_proxies": ["10.0.0.1", "10.0.0.1/8"]}, "server.trusted_proxies"),
        ({"server.trusted_proxies": ["10.0.0.256"]}, "server.trusted_proxies"),
        ({"server.gateway_host": "0.0.0.0"}, "server.gateway_host"),
        ({"server.gateway_host": "venue.example"}, "server.gateway_host"),
        ({"engine.durability": "group(0,0)"}, "engine.durability"),
        ({"engine.durability": "group(0,65537)"}, "engine.durability"),
        ({"engine.tls_cert": "c.pem"}, "engine.tls_cert"),
        ({"engine.tls_key": "k.pem"}, "engine.tls_key"),
        ({"engine.tls_client_ca": "a.pem"}, "engine.tls_client_ca"),
        ({"bus.kind": "kafka"}, "bus.kind"),
        ({"bus.kind": "kafka", "bus.servers": ["h:1"], "bus.security": "sasl_tls"}, "bus.security"),
        ({"bus.kind": "kafka", "bus.servers": ["h:1"], "bus.password": "x"}, "bus.security"),
        ({"cache.kind": "redis"}, "cache.kind"),
        ({"mail.kind": "smtp", "mail.sender": "a@b.example"}, "mail.kind"),
        ({"mail.kind": "smtp", "mail.host": "h"}, "mail.kind"),
        ({"mail.kind": "smtp", "mail.host": "h", "mail.sender": "a@b.example", "mail.username": "u"}, "mail.username"),
        (
            {"mail.kind": "smtp", "mail.host": "h", "mail.sender": "a@b.example", "mail.security": "plain"},
            "mail.security",
        ),
        ({"auth.refresh_ttl_s": 900}, "auth.refresh_ttl_s"),
        ({"auth.session_ttl_s": 1_209_599}, "auth.session_ttl_s"),
        ({"limits.page_size": 501}, "limits.page_size"),
    ],
)
def test_values_that_do_not_go_together_are_refused(values: dict[str, Any], key: str, tmp_path: Path) -> None:
    problem = _one(tmp_path, as_file(values))

    assert problem.key == key
    assert problem.limit


@pytest.mark.parametrize(
    "values",
    [
        {"server.port": 0, "server.gateway_port": 0},
        {"server.gateway_host": "::1"},
        {"server.trusted_proxies": ["10.0.0.0/8", "::1", "192.0.2.1"]},
        {"server.gateway_host": "localhost"},
        {"mail.kind": "smtp", "mail.host": "127.0.0.1", "mail.sender": "a@b.example", "mail.security": "plain"},
        {"server.gateway_host": "0.0.0.0", "engine.tls_cert": "c", "engine.tls_key": "k"},
        {"engine.durability": "group(0,1)"},
        {"engine.durability": "group(999999, 65536)"},
        {"auth.refresh_ttl_s": 901, "auth.session_ttl_s": 901},
        {"limits.page_size": 500},
    ],
)
def test_values_that_just_go_together_are_taken(values: dict[str, Any], tmp_path: Path) -> None:
    environment = {SETTINGS[key].variable: as_variable(value) for key, value in values.items()}

    load(environment={"HOME": str(tmp_path)} | environment, folder=tmp_path)


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ("", "is empty"),
        ("~other/venue", "names the home of another user"),
        ("{data_dir}/x", "is made of itself"),
        ("a\x00b", "has a character that cannot be shown"),
        ("a\nb", "has a character that cannot be shown"),
        ("a\x9bb", "has a character that cannot be shown"),
    ],
)
def test_a_path_that_is_none_is_refused(value: str, what: str, tmp_path: Path) -> None:
    problem = _one(tmp_path, as_file({"engine.data_dir": value}))

    assert (problem.key, problem.what) == ("engine.data_dir", what)


@pytest.mark.parametrize("paths", [["a", ""], ["a", "~other/b"], ["a", "b\n"]])
def test_a_list_of_paths_with_one_that_is_none_is_refused(paths: list[str], tmp_path: Path) -> None:
    assert _one(tmp_path, as_file({"auth.earlier_key_files": paths})).key == "auth.earlier_key_files"


def test_a_home_that_nobody_knows_is_asked_for_only_where_a_path_needs_it(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="set HOME") as refused:
        load(environment={}, folder=tmp_path)

    assert [problem.key for problem in refused.value.problems] == ["engine.data_dir"]
    load(environment={"FAIRLEAD_ENGINE__DATA_DIR": "/srv/venue"}, folder=tmp_path)


def test_a_file_that_is_no_toml_is_refused_with_its_line(tmp_path: Path) -> None:
    problem = _one(tmp_path, "[server]\nport = \n")

    assert problem.origin == "fairlead.toml"
    assert re.search("line 2", problem.what)


@pytest.mark.parametrize(("data", "what"), [(b"x = '\xff'\n", "UTF-8 at byte 5"), (b"#" * 1_048_577, "more than")])
def test_a_file_that_is_no_text_of_ours_is_refused(data: bytes, what: str, tmp_path: Path) -> None:
    (tmp_path / "fairlead.toml").write_bytes(data)

    with pytest.raises(SettingsError, match=what):
        load(environment={"HOME": str(tmp_path)}, folder=tmp_path)


@pytest.mark.parametrize("text", ["[" * 100_000, "x = " + "[" * 5_000, f"x = {'9' * 5_000}"])
def test_a_file_that_only_exhausts_its_reader_is_refused(text: str) -> None:
    (problem,) = file_layer(text, origin="f", file=Path("f")).problems

    assert "is no TOML" in problem.what


def test_a_number_too_long_to_write_is_refused_without_writing_it() -> None:
    (problem,) = file_layer(f"[server]\nport = 0x{'f' * 9_000}\n", origin="f", file=Path("f")).problems

    assert (problem.key, problem.value) == ("server.port", "too long to show")


def test_a_terminal_is_told_nothing_by_the_names_and_values_of_a_file() -> None:
    text = '["\\u001b[2J"]\n[server]\n"\\u009bq" = 1\nhost = "\\u001b]0;x"\n'

    problems = file_layer(text, origin="f", file=Path("f")).problems

    assert len(problems) == 3
    assert "\x1b" not in "".join(map(str, problems))
    assert "\x9b" not in "".join(map(str, problems))


@given(text=st.text())
def test_any_text_is_a_file_or_has_problems(text: str) -> None:
    layer = file_layer(text, origin="f", file=Path("f"))

    assert layer.problems or not layer.values


@given(key=st.sampled_from(KEYS), text=st.text(st.characters(codec=None)))
def test_any_text_of_a_variable_is_a_value_or_one_problem_that_names_it(key: str, text: str) -> None:
    layer = environment_layer({SETTINGS[key].variable: text}, folder=Path("/"))

    assert len(layer.problems) + len(layer.values) == 1
    assert [problem.key for problem in layer.problems] in ([], [key])
    "".join(map(str, layer.problems)).encode()


def test_a_named_file_has_to_be_there_and_to_be_a_file(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"path=none\.toml"):
        load(file=Path("none.toml"), environment={"HOME": str(tmp_path)}, folder=tmp_path)
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(UnavailableError, match=r"path=folder\.toml"):
        load(file=Path("folder.toml"), environment={"HOME": str(tmp_path)}, folder=tmp_path)
