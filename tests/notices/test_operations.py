"""Notices on a real PostgreSQL: told with what they tell of, sent once, proof that stays."""

import psycopg
import pytest

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import Channel, Dropped, NoticeKind, Reach, Telling
from tenure.values.instant import Instant
from tenure.values.msisdn import Msisdn

AT = Instant(1_800_000_000_123)
LATER = Instant(AT + 500)
HERE = Reach(in_service=True, holder_id=7)


def telling(number: int, **changed: object) -> Telling:
    given = {
        "msisdn": Msisdn(f"8551{number:07d}"),
        "person_id": 7,
        "language": "km",
        "kind": NoticeKind.LOCK_LIFTING,
        "facts": {"lifted_at": "2026-11-22T17:30:00Z", "case": "12"},
        "at": AT,
    }
    return Telling(**{**given, **changed})  # type: ignore[arg-type]  # as the fields are named


async def test_what_was_told_waits_in_its_order_and_goes_once(pool: Pool) -> None:
    told = [telling(1), telling(2, person_id=None), telling(1, channel=Channel.PERSON)]

    ids = await perform(pool, notices.tell, told)

    assert ids == sorted(ids)
    waiting = await perform(pool, notices.waiting, 100)
    assert [notice.telling for notice in waiting] == told
    assert [notice.notice_id for notice in waiting] == ids
    reach = {ids[0]: HERE, ids[1]: HERE, ids[2]: HERE}
    sent = await perform(pool, notices.decide, waiting, reach, LATER)
    assert [(notice.notice_id, send.to) for notice, send in sent] == [(ids[0], told[0].msisdn)]
    assert await perform(pool, notices.waiting, 100) == []

    person, first = await perform(pool, notices.of_number, told[0].msisdn)
    assert (first.sent_at, first.dropped) == (LATER, None)
    assert (person.sent_at, person.dropped_at) == (None, LATER)
    assert person.dropped is Dropped.NO_OTHER_CHANNEL
    (second,) = await perform(pool, notices.of_number, told[1].msisdn)
    assert second.dropped is Dropped.CHANGED_HANDS
    assert await perform(pool, notices.sent_among, ids) == {ids[0]}
    newest = await perform(pool, notices.newest, 2)
    assert [notice.notice_id for notice in newest] == ids[:0:-1]


async def test_nobody_is_told_of_what_did_not_happen(pool: Pool) -> None:
    async def fails(tx: psycopg.AsyncConnection[object]) -> None:
        await notices.tell(tx, [telling(1)])
        raise LookupError

    with pytest.raises(LookupError):
        await perform(pool, fails)
    assert await perform(pool, notices.waiting, 100) == []


async def test_a_kind_without_its_facts_is_our_own_mistake(pool: Pool) -> None:
    with pytest.raises(AssertionError, match="lifted_at"):
        await perform(pool, notices.tell, [telling(1, facts={})])


async def test_a_clock_that_was_set_back_sends_nothing_before_it_was_told(pool: Pool) -> None:
    (notice_id,) = await perform(pool, notices.tell, [telling(1)])
    waiting = await perform(pool, notices.waiting, 100)

    await perform(pool, notices.decide, waiting, {notice_id: HERE}, Instant(AT - 1))

    (notice,) = await perform(pool, notices.newest)
    assert notice.sent_at == AT


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE notices.notice SET sent_at = NULL",
        "UPDATE notices.notice SET sent_at = at + interval '1 day'",
        "UPDATE notices.notice SET sent_at = NULL, dropped_at = at, dropped = 'changed hands'",
    ],
)
async def test_the_proof_of_sending_stays(pool: Pool, database: str, statement: str) -> None:
    (notice_id,) = await perform(pool, notices.tell, [telling(1)])
    waiting = await perform(pool, notices.waiting, 100)
    await perform(pool, notices.decide, waiting, {notice_id: HERE}, LATER)

    with (
        psycopg.connect(database) as connection,
        pytest.raises(psycopg.errors.CheckViolation) as caught,
    ):
        connection.execute(statement.encode())
    assert caught.value.diag.constraint_name == "notice_ends_once"


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM notices.notice", "UPDATE notices.notice SET msisdn = '85599999999'"],
)
async def test_the_application_may_not_unsay_a_notice(database: str, statement: str) -> None:
    with (
        psycopg.connect(database) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement.encode())


WRONG = [
    ("notice_for_a_person_names_one", "channel = 'person', person_id = NULL"),
    ("notice_channel_is_known", "channel = 'pigeon'"),
    ("notice_is_sent_or_dropped", "sent_at = at, dropped_at = at, dropped = 'changed hands'"),
    ("notice_is_dropped_for_a_reason", "dropped_at = at"),
    ("notice_reason_is_known", "dropped_at = at, dropped = 'lazy'"),
    ("notice_is_sent_after_it_was_told", "sent_at = at - interval '1 ms'"),
]


@pytest.mark.parametrize(("constraint", "change"), WRONG, ids=[name for name, _ in WRONG])
async def test_the_second_keeper(pool: Pool, owner: str, constraint: str, change: str) -> None:
    await perform(pool, notices.tell, [telling(1)])
    with psycopg.connect(owner) as connection, pytest.raises(psycopg.errors.CheckViolation) as hit:
        connection.execute(b"UPDATE notices.notice SET " + change.encode())
    assert hit.value.diag.constraint_name == constraint
