"""What every store of sessions does."""

import asyncio

from tests.contract.stores import NOW_NS, add_user, with_store

from fairlead.adapters.stores import Database, SqlRefreshTokens
from fairlead.domain.access.sessions import RefreshToken, Session


def _session(user_id: str, number: int = 1) -> Session:
    return Session(
        session_id=f"ses_{number:032x}",
        user_id=user_id,
        epoch=0,
        opened_ts_ns=NOW_NS,
        expires_ts_ns=NOW_NS + 1_000,
    )


def _token(session: Session, number: int, *, expires_ts_ns: int = NOW_NS + 500) -> RefreshToken:
    return RefreshToken(token_hash=f"{number:064x}", session_id=session.session_id, expires_ts_ns=expires_ts_ns)


async def _opened(database: Database) -> tuple[SqlRefreshTokens, Session, RefreshToken]:
    tokens = SqlRefreshTokens(database)
    session = _session((await add_user(database)).user_id)
    token = _token(session, 1)
    await tokens.open(session, token)
    return tokens, session, token


def test_a_session_is_found_by_its_token_and_by_its_id(store_url: str) -> None:
    async def story(database: Database) -> None:
        tokens, session, token = await _opened(database)

        assert await tokens.find(token.token_hash) == (token, session)
        assert await tokens.session(session.session_id) == session
        assert await tokens.find("0" * 64) is None
        assert await tokens.session("ses_none") is None

    with_store(store_url, story)


def test_of_many_rotations_at_once_one_is_done(store_url: str) -> None:
    async def story(database: Database) -> None:
        tokens, session, token = await _opened(database)
        successors = [_token(session, number) for number in range(2, 8)]

        won = await asyncio.gather(*(tokens.rotate(token.token_hash, next_, ts_ns=NOW_NS + 1) for next_ in successors))

        assert won.count(True) == 1
        kept = [next_ for next_ in successors if await tokens.find(next_.token_hash) is not None]
        assert kept == [successors[won.index(True)]]
        found = await tokens.find(token.token_hash)
        assert found is not None
        assert found[0].used_ts_ns == NOW_NS + 1

    with_store(store_url, story)


def test_a_revoked_session_rotates_nothing_and_keeps_its_first_time(store_url: str) -> None:
    async def story(database: Database) -> None:
        tokens, session, token = await _opened(database)

        await tokens.revoke(session.session_id, ts_ns=NOW_NS + 5)
        await tokens.revoke(session.session_id, ts_ns=NOW_NS + 9)

        assert not await tokens.rotate(token.token_hash, _token(session, 2), ts_ns=NOW_NS + 6)
        assert await tokens.find(f"{2:064x}") is None
        found = await tokens.find(token.token_hash)
        assert found is not None
        assert (found[0].used_ts_ns, found[1].revoked_ts_ns) == (None, NOW_NS + 5)

    with_store(store_url, story)


def test_a_purge_forgets_what_has_ended_and_keeps_the_rest(store_url: str) -> None:
    async def story(database: Database) -> None:
        tokens, session, token = await _opened(database)
        later = _session(session.user_id, 2)
        await tokens.open(later, _token(later, 2, expires_ts_ns=NOW_NS + 900))

        assert await tokens.purge(before_ns=NOW_NS + 501) == 0
        assert await tokens.find(token.token_hash) is None
        assert await tokens.session(session.session_id) == session
        assert await tokens.find(f"{2:064x}") is not None
        assert await tokens.purge(before_ns=NOW_NS + 1_001) == 2
        assert await tokens.session(session.session_id) is None

    with_store(store_url, story)
