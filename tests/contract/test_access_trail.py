"""What every store does with what people did."""

from tests.contract.stores import NOW_NS, with_store

from fairlead.adapters.stores import Database, SqlAccessTrail
from fairlead.ports.access_trail import AccessAction, AccessEvent, TrailFilter

WHOLE = AccessEvent(
    ts_ns=NOW_NS, action=AccessAction.ORDERED, user_id="usr_1", key_id="key_1", subject="POST /x", correlation_id="c"
)
BARE = AccessEvent(ts_ns=NOW_NS + 1, action=AccessAction.LOGIN_FAILED)
OTHER = AccessEvent(ts_ns=NOW_NS + 2, action=AccessAction.ORDERED, user_id="usr_2")


def test_events_come_back_newest_first_by_each_filter(store_url: str) -> None:
    async def story(database: Database) -> None:
        trail = SqlAccessTrail(database)
        assert list(await trail.page(TrailFilter(), before=None, count_max=9)) == []
        for event in (WHOLE, BARE, OTHER):
            await trail.add(event)
        found = await trail.page(TrailFilter(), before=None, count_max=9)
        assert [one.event for one in found] == [OTHER, BARE, WHOLE]
        numbers = [one.number for one in found]
        assert numbers == sorted(numbers, reverse=True)
        for wanted, events in (
            (TrailFilter(user_id="usr_1"), [WHOLE]),
            (TrailFilter(action=AccessAction.ORDERED), [OTHER, WHOLE]),
            (TrailFilter(from_ns=NOW_NS + 1), [OTHER, BARE]),
            (TrailFilter(to_ns=NOW_NS + 1), [BARE, WHOLE]),
            (TrailFilter(user_id="usr_2", action=AccessAction.LOGIN), []),
        ):
            page = await trail.page(wanted, before=None, count_max=9)
            assert [one.event for one in page] == events, wanted
        after = await trail.page(TrailFilter(), before=numbers[0], count_max=1)
        assert [one.event for one in after] == [BARE]

    with_store(store_url, story)


def test_a_text_that_is_too_long_is_cut(store_url: str) -> None:
    async def story(database: Database) -> None:
        trail = SqlAccessTrail(database)
        await trail.add(
            AccessEvent(ts_ns=NOW_NS, action=AccessAction.ORDERED, subject="x" * 500, correlation_id="y" * 500)
        )
        ((kept),) = await trail.page(TrailFilter(), before=None, count_max=9)
        assert (kept.event.subject, kept.event.correlation_id) == ("x" * 160, "y" * 64)

    with_store(store_url, story)
