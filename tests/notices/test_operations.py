"""Notices on a real PostgreSQL: told with what they tell of, sent once, proof that stays."""

from collections.abc import Mapping, Sequence

import psycopg
import pytest

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import (
    Channel,
    Dispatch,
    Dropped,
    Medium,
    NoticeKind,
    Reach,
    Route,
    Telling,
    delivery_of,
)
from tenure.terms import pack
from tenure.values.instant import DAY_MS, Instant, iso
from tenure.values.msisdn import Msisdn
from tests.notices.carrying import PLAIN

KH = pack.load("smart-kh").terms
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


async def decide(
    pool: Pool, reach: Mapping[int, Reach], at: Instant = LATER, route: Route = PLAIN
) -> list[Dispatch]:
    """Everything that waits is decided."""

    async def work(tx: Transaction) -> list[Dispatch]:
        waiting = await notices.waiting(tx, route.medium, 100, at)
        return await notices.decide(tx, KH, route, waiting, reach, at)

    return await perform(pool, work)


async def hand(pool: Pool, out: Sequence[Dispatch], at: Instant = LATER) -> None:
    """The carrier has them."""
    taken = [(one.delivery_id, f"r{one.delivery_id}") for one in out]
    await perform(pool, notices.handed, taken, at)


async def test_what_was_told_waits_in_its_order_and_goes_once(pool: Pool) -> None:
    told = [telling(1), telling(2, person_id=None), telling(1, channel=Channel.PERSON)]

    ids = await perform(pool, notices.tell, told)

    assert ids == sorted(ids)
    assert await perform(pool, notices.waiting, Medium.SMS, 100, Instant(AT - 1)) == []
    waiting = await perform(pool, notices.waiting, Medium.SMS, 100, AT)
    assert [notice.telling for notice in waiting] == told
    assert [notice.notice_id for notice in waiting] == ids
    assert await perform(pool, notices.waiting, Medium.EMAIL, 100, AT) == []
    out = await decide(pool, dict.fromkeys(ids, HERE))
    assert [(one.notice.notice_id, one.to) for one in out] == [(ids[0], told[0].msisdn)]
    assert [(one.delivery_id, one.attempt) for one in out] == [(delivery_of(ids[0], 1), 1)]
    assert await perform(pool, notices.sent_among, ids) == set(), "not before it is handed over"
    await hand(pool, out)
    assert await decide(pool, dict.fromkeys(ids, HERE), Instant(LATER + DAY_MS)) == []

    person, first = await perform(pool, notices.of_number, told[0].msisdn)
    assert (first.sent_at, first.dropped) == (LATER, None)
    assert (person.sent_at, person.dropped_at) == (None, LATER)
    assert person.dropped is Dropped.NO_OTHER_CHANNEL
    (second,) = await perform(pool, notices.of_number, told[1].msisdn)
    assert second.dropped is Dropped.CHANGED_HANDS
    assert await perform(pool, notices.sent_among, ids) == {ids[0]}
    newest = await perform(pool, notices.newest, 2)
    assert [notice.notice_id for notice in newest] == ids[:0:-1]


async def test_what_is_urgent_does_not_wait_behind_what_goes_to_many(pool: Pool) -> None:
    change = {"effective_at": iso(LATER), "summary": "s", "page": "p"}
    many = telling(1, kind=NoticeKind.TARIFF_CHANGE, facts=change)
    soon = telling(1, kind=NoticeKind.LIFECYCLE_REMINDER, facts={"days": "9", "recycled_at": ""})
    told = [many, many, soon, telling(1)]
    bulk, *_, hours, now = await perform(pool, notices.tell, told)

    async def first(count: int) -> list[int]:
        found = await perform(pool, notices.waiting, Medium.SMS, count, LATER)
        return [one.notice_id for one in found]

    assert await first(1) == [now]
    assert await first(2) == [now, hours]
    assert await first(3) == [now, hours, bulk]


async def test_what_one_carrier_looks_at_another_does_not(pool: Pool) -> None:
    ids = await perform(pool, notices.tell, [telling(1), telling(2), telling(3)])

    async def look(tx: Transaction, count: int) -> list[int]:
        found = await notices.waiting(tx, Medium.SMS, count, LATER)
        return [one.notice_id for one in found]

    async def looks_meanwhile(tx: Transaction) -> tuple[list[int], list[int]]:
        return await look(tx, 2), await perform(pool, look, 3)

    assert await perform(pool, looks_meanwhile) == (ids[:2], ids[2:])


async def test_nobody_is_told_of_what_did_not_happen(pool: Pool) -> None:
    async def fails(tx: psycopg.AsyncConnection[object]) -> None:
        await notices.tell(tx, [telling(1)])
        raise LookupError

    with pytest.raises(LookupError):
        await perform(pool, fails)
    assert await perform(pool, notices.waiting, Medium.SMS, 100, LATER) == []


async def test_a_kind_without_its_facts_is_our_own_mistake(pool: Pool) -> None:
    with pytest.raises(AssertionError, match="lifted_at"):
        await perform(pool, notices.tell, [telling(1, facts={})])


async def test_a_clock_that_was_set_back_sends_nothing_before_it_was_told(pool: Pool) -> None:
    (notice_id,) = await perform(pool, notices.tell, [telling(1)])
    assert await decide(pool, {notice_id: HERE}, Instant(AT - 1)) == []

    out = await decide(pool, {notice_id: HERE}, AT)
    await hand(pool, out, Instant(AT - 1))

    (notice,) = await perform(pool, notices.newest)
    assert notice.sent_at == AT


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE notices.notice SET sent_at = NULL",
        "UPDATE notices.notice SET sent_at = at + interval '1 day'",
        "UPDATE notices.notice SET sent_at = NULL, dropped_at = at, dropped = 'changed hands'",
        "UPDATE notices.notice SET dropped = 'too many' WHERE dropped_at IS NOT NULL",
        "UPDATE notices.notice SET dropped_at = NULL, dropped = NULL WHERE dropped_at IS NOT NULL",
    ],
)
async def test_the_proof_of_sending_stays(pool: Pool, database: str, statement: str) -> None:
    ids = await perform(pool, notices.tell, [telling(1), telling(2, person_id=8)])
    await hand(pool, await decide(pool, dict.fromkeys(ids, HERE)))

    with (
        psycopg.connect(database) as connection,
        pytest.raises(psycopg.errors.CheckViolation) as caught,
    ):
        connection.execute(statement.encode())
    assert caught.value.diag.constraint_name == "notice_ends_once"


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM notices.notice",
        "UPDATE notices.notice SET msisdn = '85599999999'",
        "DELETE FROM notices.delivery",
        "UPDATE notices.delivery SET sent_to = '85599999999'",
        "UPDATE notices.delivery SET handing_at = now()",
        "INSERT INTO notices.delivery (handed_at) VALUES (now())",
        "INSERT INTO notices.due (notice_id) VALUES (1)",
        "UPDATE notices.due SET urgency = 2",
    ],
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
    ("notice_is_too_late_only_unsent", "sent_at = at, dropped_at = at, dropped = 'too late'"),
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


# Each is the first attempt to deliver notice 1, and what is wrong with it.
WRONG_DELIVERIES = [
    ("delivery_is_numbered_from_one", "delivery_id = 1000"),
    ("delivery_medium_is_known", "medium = 'pigeon'"),
    ("delivery_via_is_a_name", "via = 'https://u:p@host'"),
    ("delivery_is_handed_after_it_was_decided", "handed_at = handing_at - interval '1 ms'"),
    ("delivery_ends_after_it_was_decided",
     "ended = 'refused', ended_at = handing_at - interval '1 ms'"),
    ("delivery_is_called_something_once_handed", "reference = 'x'"),
    ("delivery_ends_at_an_instant", "ended = 'refused'"),
    ("delivery_ends_at_an_instant", "ended_at = handing_at"),
    ("delivery_end_fits", "ended = 'delivered', ended_at = handing_at"),
    ("delivery_end_fits", "handed_at = handing_at, ended = 'refused', ended_at = handing_at"),
    ("delivery_end_fits", "ended = 'eaten', ended_at = handing_at"),
    ("delivery_is_answered_by_who_answers",
     "handed_at = handing_at, ended = 'delivered', ended_at = handing_at"),
]  # fmt: skip


@pytest.mark.parametrize(("constraint", "change"), WRONG_DELIVERIES)
async def test_the_second_keeper_of_deliveries(
    pool: Pool, owner: str, constraint: str, change: str
) -> None:
    (notice_id,) = await perform(pool, notices.tell, [telling(1)])
    await decide(pool, {notice_id: HERE})
    with psycopg.connect(owner) as connection:
        connection.execute(b"ALTER TABLE notices.delivery DISABLE TRIGGER delivery_stays_as_it_was")
    with psycopg.connect(owner) as connection, pytest.raises(psycopg.errors.CheckViolation) as hit:
        connection.execute(b"UPDATE notices.delivery SET " + change.encode())
    assert hit.value.diag.constraint_name == constraint


@pytest.mark.parametrize(
    "change",
    [
        "sent_to = '85599999999'",
        "handing_at = handing_at - interval '1 s'",
        "via = 'elsewhere'",
        "handed_at = handed_at + interval '1 s'",
        "handed_at = NULL, reference = NULL",
        "reference = 'another'",
    ],
)
async def test_the_proof_of_a_delivery_stays(pool: Pool, owner: str, change: str) -> None:
    (notice_id,) = await perform(pool, notices.tell, [telling(1)])
    await hand(pool, await decide(pool, {notice_id: HERE}))
    with psycopg.connect(owner) as connection, pytest.raises(psycopg.errors.CheckViolation) as hit:
        connection.execute(b"UPDATE notices.delivery SET " + change.encode())
    assert hit.value.diag.constraint_name == "delivery_stays_as_it_was"


async def test_no_attempt_without_its_notice(owner: str) -> None:
    with (
        psycopg.connect(owner) as connection,
        pytest.raises(psycopg.errors.ForeignKeyViolation) as hit,
    ):
        connection.execute(
            "INSERT INTO notices.delivery"
            " (delivery_id, medium, via, sent_to, receipts, handing_at)"
            " VALUES (9001, 'sms', 'x', '855', true, now())"
        )
    assert hit.value.diag.constraint_name == "delivery_of_a_notice"
