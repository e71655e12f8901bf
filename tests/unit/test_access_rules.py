"""Addresses, passwords, required fields, secrets, roles: what passes and what is refused, at the limit and one over."""

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.domain.access.emails import email_key, parse_email
from fairlead.domain.access.errors import AuthorizationError, ValidationError
from fairlead.domain.access.fields import require, text_of
from fairlead.domain.access.passwords import check_password, prepare_password
from fairlead.domain.access.policy import AccessPolicy
from fairlead.domain.access.roles import (
    Permission,
    Principal,
    Role,
    Scope,
    demand,
    may,
    parse_role,
    parse_scopes,
    scope_for,
    scopes_of,
)
from fairlead.domain.access.secret import Secret
from fairlead.errors import UsageError

GOOD = "violet-anchor-42"


@pytest.mark.parametrize(
    "text",
    ["a@b.co", "Ann.Lee+x@Mail.Example.com", "o'neil@example.org", "a" * 64 + "@example.com", "x@a-b.example"],
)
def test_an_address_passes_unchanged(text: str) -> None:
    assert parse_email(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a@b",
        "@example.com",
        "a@",
        ".a@example.com",
        "a.@example.com",
        "a..b@example.com",
        "a@-b.com",
        "a@b-.com",
        "a@b..com",
        "a@1.2.3.4",
        "a@[127.0.0.1]",
        '"a"@example.com',
        "a b@example.com",
        " a@example.com",
        "a@example.com\n",
        "a@example.com\r\nBcc: b@example.com",
        "a@example.com,b@example.com",
        "\u0430nn@example.com",
        "a@ex\u0430mple.com",
        "a" * 65 + "@example.com",
        "a@" + "b" * 64 + ".com",
        "a@" + "b." * 127 + "com",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="VALIDATION_ERROR: email"):
        parse_email(text)


@given(st.text(max_size=300))
def test_any_text_is_an_address_of_ascii_or_refused(text: str) -> None:
    try:
        email = parse_email(text)
    except ValidationError:
        return
    assert email.isascii()
    assert email.isprintable()
    assert len(email) <= 254
    assert email_key(email) == email_key(email.upper())


@pytest.mark.parametrize(
    "text", [GOOD, "x" * 8 + "abcd", "p\u00e4\u00dfw\u00f6rt-lang-genug", "a b c d e f g", "12-23-34-45-5"]
)
def test_a_password_passes(text: str) -> None:
    assert check_password(Secret(text), email="ann@example.com").reveal() == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("violet-anch", "too short: characters=11 min=12"),
        ("", "too short"),
        ("v1" * 64 + "x", "too long: characters=129 max=128"),
        ("aaaaaaaaaaaaaaaa", "too simple"),
        ("abababcdabab", "too simple"),
        ("abcdefghijklmno", "too simple"),
        ("ZYXWVUTSRQPONM", "too simple"),
        ("Password1234", "most common"),
        ("my-ANN.LEE-is-me", "contains the name"),
        ("violet\x00anchor-42", "control characters"),
    ],
)
def test_a_weak_password_is_refused_and_not_told(text: str, why: str) -> None:
    with pytest.raises(ValidationError, match=why) as refused:
        check_password(Secret(text), email="Ann.Lee@example.com")

    assert refused.value.field == "password"
    assert not text or text not in str(refused.value)


def test_the_shortest_password_is_a_figure_of_the_service() -> None:
    assert check_password(Secret("violet42"), email="ann@example.com", min_length=8).reveal() == "violet42"
    with pytest.raises(ValidationError, match="characters=15 min=16"):
        check_password(Secret("violet-anchor-4"), email="ann@example.com", min_length=16)


def test_a_password_is_the_same_however_its_letters_are_composed() -> None:
    assert prepare_password(Secret("caf\u00e9")) == prepare_password(Secret("cafe\u0301"))


def test_a_password_that_grows_past_the_limit_when_composed_is_refused() -> None:
    with pytest.raises(ValidationError, match="too long"):
        prepare_password(Secret("\ufdfa" * 100))


def test_missing_fields_are_named_in_their_order() -> None:
    with pytest.raises(ValidationError) as refused:
        require({"password": "", "name": "x"}, ["email", "password", "name"])

    assert str(refused.value) == "VALIDATION_ERROR: Missing required fields: email, password"
    assert refused.value.field == "email, password"
    require({"zero": 0, "no": False}, ["zero", "no"])


def test_a_field_that_is_no_text_is_refused_without_its_value() -> None:
    assert text_of({"email": "x"}, "email") == "x"
    with pytest.raises(ValidationError, match="email is not text: type=list expected=string") as refused:
        text_of({"email": ["canary"]}, "email")
    assert "canary" not in str(refused.value)
    with pytest.raises(ValidationError, match="Missing required fields: email"):
        text_of({}, "email")


def test_a_secret_shows_itself_to_nobody() -> None:
    secret = Secret("canary")

    shown = [repr(secret), str(secret), f"{secret}", f"{secret!r:>30}", "%s" % secret, repr([secret])]  # noqa: UP031

    assert not any("canary" in text for text in shown)
    assert secret.reveal() == "canary"
    assert secret == Secret("canary")
    assert secret != Secret("Canary")
    assert secret != "canary"
    for take in (pickle.dumps, copy.copy, copy.deepcopy, hash):
        with pytest.raises(TypeError):
            take(secret)


def _principal(role: Role, *scopes: Scope, person: bool = True) -> Principal:
    return Principal(
        user_id="usr_1",
        account=1_001,
        role=role,
        scopes=frozenset(scopes),
        session_id="ses_1" if person else None,
        key_id=None if person else "key_1",
    )


ALLOWED = {
    Role.TRADER: {"read_own", "manage_own_keys", "trade_own", "ask_funds"},
    Role.OPERATOR: {
        "read_own",
        "manage_own_keys",
        "read_all",
        "approve_funds",
        "manage_markets",
        "correct_trades",
        "halt",
        "resume",
        "kill",
    },
    Role.RISK_MANAGER: {"read_own", "manage_own_keys", "read_all", "read_audit", "set_limits", "halt", "kill"},
    Role.COMPLIANCE: {"read_own", "manage_own_keys", "read_all", "read_audit", "halt"},
    Role.ADMIN: {"read_own", "manage_own_keys", "read_all", "read_audit", "manage_users"},
}


@pytest.mark.parametrize("role", list(Role))
def test_a_role_may_what_the_page_says_and_nothing_else(role: Role) -> None:
    who = _principal(role, *Scope)

    assert {one.value for one in Permission if may(who, one)} == ALLOWED[role]


@given(st.sampled_from(Role), st.sets(st.sampled_from(Scope)), st.booleans(), st.sampled_from(Permission))
def test_fewer_scopes_never_allow_more(role: Role, scopes: set[Scope], person: bool, permission: Permission) -> None:
    limited = may(_principal(role, *scopes, person=person), permission)

    assert not limited or may(_principal(role, *Scope), permission)
    assert not limited or scope_for(permission) in scopes


def test_a_key_makes_no_keys_and_moves_no_funds_in_or_out() -> None:
    trader = _principal(Role.TRADER, *Scope, person=False)
    operator = _principal(Role.OPERATOR, *Scope, person=False)

    assert may(trader, Permission.TRADE_OWN)
    assert not may(trader, Permission.MANAGE_OWN_KEYS)
    assert not may(trader, Permission.ASK_FUNDS)
    assert not may(operator, Permission.APPROVE_FUNDS)
    with pytest.raises(AuthorizationError, match="permission=manage_own_keys role=trader"):
        demand(trader, Permission.MANAGE_OWN_KEYS)


def test_scopes_are_those_of_the_role_or_refused() -> None:
    assert scopes_of(Role.TRADER) == {Scope.READ, Scope.TRADE}
    assert scopes_of(Role.OPERATOR) == {Scope.READ, Scope.ADMIN}
    assert parse_scopes(["read", "read"], role=Role.TRADER) == {Scope.READ}
    for bad in ([], ["admin"], ["read", "write"], ["READ"], [""]):
        with pytest.raises(ValidationError):
            parse_scopes(bad, role=Role.TRADER)


def test_an_unknown_role_is_refused_with_the_known_ones() -> None:
    assert parse_role("risk_manager") is Role.RISK_MANAGER
    with pytest.raises(ValidationError, match="unknown role: value='root' known=trader, operator"):
        parse_role("root")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("access_s", 901),
        ("access_s", 0),
        ("leeway_s", 61),
        ("leeway_s", -1),
        ("refresh_s", 90 * 86_400 + 1),
        ("failures_max", 0),
        ("sign_window_s", 61),
        ("keys_max", 0),
        ("password_min", 7),
        ("issuer", ""),
    ],
)
def test_figures_out_of_their_range_are_refused(name: str, value: object) -> None:
    with pytest.raises(UsageError, match=name):
        AccessPolicy(**{name: value})  # type: ignore[arg-type]
