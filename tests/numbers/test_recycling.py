"""Recycling on a real PostgreSQL: what keeps a number, twice over, and what is left of it."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
import psycopg
import pytest

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.charging.model import Ended, Recorded, Session, Sessions
from tenure.promises.money import operations as money
from tenure.promises.money.model import Account, Change, EntryKind, Grant, Purse
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import Channel, NoticeKind, Telling
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Line, NewLine, Sold
from tenure.promises.numbers.model.lifecycle import Evidence, Hold, HoldKind, HoldRefusal, Kept
from tenure.promises.tariffs.model import Direction, Service
from tenure.values.instant import HOUR_MS, Instant
from tenure.values.msisdn import Imsi, Msisdn
from tenure.values.quantity import Unit
from tenure.values.refused import Refused
from tests.numbers import aged
from tests.numbers.stocked import AT, KH, act, card, days, msisdn, sell, stock

NUMBER, PURSE = msisdn(0), 1_000
END = days(90)
_encode = msgspec.msgpack.encode


@pytest.fixture
async def due(pool: Pool) -> Pool:
    """Number 0 of person 1 was reminded four times and is due for recycling on the 90th day."""
    await perform(pool, stock)
    assert isinstance(await perform(pool, numbers.holding.activate, KH, sell(), act()), Sold)
    for day in (1, 30, 53, 58, 60):
        await aged.sweep(pool, days(day))
        await aged.deliver(pool, days(day))
    return pool


def sql(owner: str, query: str, *given: object) -> list[tuple[object, ...]]:
    """A statement of somebody who may do anything."""
    with psycopg.connect(owner) as connection:
        cursor = connection.execute(query.encode(), given)
        return cursor.fetchall() if cursor.description else []


async def evidence(pool: Pool, at: Instant = END) -> Evidence:
    found = await perform(pool, numbers.lifecycle.due, KH, -1, at)
    (one,) = found.found
    return one


async def edited(pool: Pool, **changed: object) -> None:
    """Change the purse behind the back of topups and charging."""

    async def work(tx: Transaction) -> None:
        purse = (await money.purses(tx, [PURSE]))[PURSE]
        await money.record(tx, [Change(msgspec.structs.replace(purse, **changed), ())])

    await perform(pool, work)


def session(forget_at: Instant) -> Sessions:
    return Sessions(
        live=(
            Session(
                key="s1",
                service=Service.VOICE,
                direction=Direction.OUT,
                peer="p",
                msisdn=str(NUMBER),
                opened_at=AT,
                last_number=0,
                missing=(),
                recorded=(),
                meters=(),
                forget_at=forget_at,
            ),
        )
    )


async def held(pool: Pool, _owner: str) -> None:
    await perform(pool, numbers.lifecycle.hold, NUMBER, HoldKind.COMPLAINT, "12", act(at=days(9)))


async def locked(_pool: Pool, owner: str) -> None:
    sql(owner, "INSERT INTO numbers.lock SELECT msisdn, 1, lower(during), NULL, leaf_seq"
               " FROM numbers.tenure")  # fmt: skip


async def requested(_pool: Pool, owner: str) -> None:
    sql(owner, REQUEST, days(89) / 1000)


REQUEST = """
INSERT INTO numbers.request (request_id, kind, msisdn, from_holder, iccid, funds_go, document,
    requested_at, body, request_hash, leaf_seq)
SELECT id, 'sim', msisdn, 1, card, false, '', at, body, sha256(convert_to(body, 'UTF8')), leaf_seq
FROM (
    SELECT *, jsonb_build_object(
        'version', 1, 'request', id::text, 'kind', 'sim', 'msisdn', msisdn, 'from', '1', 'to', NULL,
        'iccid', card, 'purse', NULL, 'funds_go', false, 'document', '',
        'asked_at', (extract(epoch FROM at) * 1000)::bigint, 'asked_by', NULL)::text AS body
    FROM (SELECT msisdn, leaf_seq, gen_random_uuid() AS id, to_timestamp(%s) AS at,
                 '8985506000000000019' AS card FROM numbers.tenure) t
) q
"""


async def using(pool: Pool, _owner: str) -> None:
    await edited(pool, sessions=_encode(session(Instant(END + 1))))


async def has_called(pool: Pool, _owner: str) -> None:
    ended = Ended("s1", Instant(END - 23 * HOUR_MS), Recorded(0, b"", msgspec.Raw(b"\xc0")))
    await edited(pool, sessions=_encode(Sessions(ended=msgspec.Raw(_encode((ended,))))))


async def made_up(pool: Pool, _owner: str) -> None:
    """A top-up, and a validity end that somebody set back to before it."""
    await aged.top_up(pool, PURSE, until=days(200), at=days(70))
    await edited(pool, funds_end=AT)


async def nobodys(_pool: Pool, owner: str) -> None:
    sql(owner, "UPDATE numbers.tenure SET during = tstzrange(lower(during), to_timestamp(%s))",
        days(80) / 1000)  # fmt: skip


async def unsent(_pool: Pool, owner: str) -> None:
    sql(owner, "ALTER TABLE notices.notice DISABLE TRIGGER notice_ends_once")
    sql(owner, "UPDATE notices.notice SET sent_at = NULL WHERE notice_id > 2")


KEEPERS: dict[str, tuple[Callable[[Pool, str], Awaitable[None]], Kept, str]] = {
    "a complaint": (held, Kept.HELD, "recycle_nothing_is_disputed"),
    "the holder's lock": (locked, Kept.LOCKED, "recycle_nothing_is_locked"),
    "a request": (requested, Kept.ASKED, "recycle_nothing_is_asked"),
    "a call under way": (using, Kept.IN_USE, ""),
    "a call a day ago": (has_called, Kept.IN_USE, ""),
    "a made-up validity": (made_up, Kept.TOPPED_UP, "recycle_no_top_up_reaches_beyond"),
    "nobody's number": (nobodys, Kept.NOT_HELD,
                        "recycle_only_prepaid_numbers_that_somebody_holds"),
    "too few reminders": (unsent, Kept.TOO_FEW_REMINDERS, "recycled_only_after_its_reminders"),
}  # fmt: skip


@pytest.mark.parametrize(("keeps", "reason", "constraint"), KEEPERS.values(), ids=list(KEEPERS))
async def test_a_number_is_kept_by_rule_and_by_database(
    due: Pool,
    owner: str,
    keeps: Callable[[Pool, str], Awaitable[None]],
    reason: Kept,
    constraint: str,
) -> None:
    found = await evidence(due)
    await keeps(due, owner)

    tally = await aged.recycle(due, END)

    assert (tally.recycled, dict(tally.kept)) == (0, {reason: 1})
    assert await perform(due, numbers.find, NUMBER) is not None
    if constraint:
        # Whoever goes past the rules with what was true before is stopped by the database.
        with pytest.raises(
            (psycopg.errors.CheckViolation, psycopg.errors.SerializationFailure)
        ) as hit:
            await perform(due, numbers.lifecycle.recycle, [found], act(at=END))
        assert hit.value.diag.constraint_name == constraint
    assert await perform(due, numbers.find, NUMBER) is not None
    assert sql(owner, "SELECT count(*) FROM numbers.recycled") == [(0,)]


async def test_a_session_that_was_given_up_long_ago_keeps_nothing(due: Pool) -> None:
    await edited(due, sessions=_encode(session(END)))
    assert (await aged.recycle(due, END)).recycled == 1


async def test_a_purse_that_still_holds_something_is_not_passed_on(due: Pool, owner: str) -> None:
    """The application calls the function by itself, without closing the purse."""
    await edited(due, sessions=_encode(session(Instant(END + 1))))
    with psycopg.connect(owner) as connection, pytest.raises(psycopg.Error) as hit:
        connection.execute("SELECT numbers.recycle(%s, to_timestamp(%s), %s)",
                           [[NUMBER], END / 1000, [1]])  # fmt: skip
    assert hit.value.diag.constraint_name == "recycle_the_purse_is_closed"


@pytest.mark.parametrize("early_ms", [1, 1_000, 90 * 24 * HOUR_MS])
async def test_the_database_recycles_nothing_early(due: Pool, early_ms: int) -> None:
    found = await evidence(due)
    at = Instant(END - early_ms)
    with pytest.raises(psycopg.errors.SerializationFailure) as hit:
        await perform(due, numbers.lifecycle.recycle, [found], act(at=at))
    assert hit.value.diag.constraint_name == "recycled_only_after_its_time"


async def test_one_number_that_may_not_go_keeps_all(due: Pool) -> None:
    sale = sell(1, holder_id=2)
    later = act(at=days(2))
    assert isinstance(await perform(due, numbers.holding.activate, KH, sale, later), Sold)
    found = await evidence(due)
    other = msgspec.structs.replace(
        found, msisdn=msisdn(1), imsi=card(1).imsi, iccid=card(1).iccid, purse_id=1_001, holder_id=2
    )
    with pytest.raises(psycopg.errors.SerializationFailure) as hit:
        await perform(due, numbers.lifecycle.recycle, [found, other], act(at=END))
    assert hit.value.diag.constraint_name == "recycled_only_after_its_time"
    assert await perform(due, numbers.find, NUMBER) is not None


async def test_a_leaf_about_another_number_proves_nothing(due: Pool) -> None:
    found = await evidence(due)
    wrong = msgspec.structs.replace(found, holder_id=2)
    with pytest.raises(psycopg.errors.CheckViolation) as hit:
        await perform(due, numbers.lifecycle.recycle, [wrong], act(at=END))
    assert hit.value.diag.constraint_name == "recycle_leaf_says_so"


EARLY = """
INSERT INTO numbers.recycled SELECT purse_id, msisdn, 1, lower(during), 1, 1, 3, {reminders},
    {reminded}, lower(during) + {later}::interval, leaf_seq FROM numbers.tenure
"""
FORGED = [
    ("recycled_only_after_its_time", EARLY.format(
        reminders=3, reminded="lower(during)", later="'1 ms'")),
    ("recycled_only_after_its_reminders", EARLY.format(
        reminders=2, reminded="lower(during)", later="'1 day'")),
    ("recycled_was_reminded_while_it_could_receive", EARLY.format(
        reminders=3, reminded="lower(during) + '1 ms'::interval", later="'1 day'")),
]  # fmt: skip


@pytest.mark.parametrize(("constraint", "forged"), FORGED, ids=[name for name, _ in FORGED])
async def test_even_a_superuser_without_triggers_forges_no_evidence(
    due: Pool, owner: str, constraint: str, forged: str
) -> None:
    assert await perform(due, numbers.find, NUMBER) is not None
    with psycopg.connect(owner) as connection:
        connection.execute("SET session_replication_role = replica")
        with pytest.raises(psycopg.errors.CheckViolation) as hit:
            connection.execute(forged.encode())
    assert hit.value.diag.constraint_name == constraint


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM numbers.line",
        "DELETE FROM numbers.reminder",
        "UPDATE numbers.reminder SET step = 9",
        "INSERT INTO numbers.recycled SELECT * FROM numbers.recycled",
        "UPDATE numbers.hold SET kind = 'dispute'",
        "DELETE FROM numbers.hold",
    ],
)
def test_the_application_has_no_other_way(database: str, statement: str) -> None:
    with (
        psycopg.connect(database) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement.encode())


async def test_a_top_up_and_the_clock_race_and_one_wins(due: Pool) -> None:
    async def top_up() -> bool:
        if await perform(due, numbers.find, NUMBER) is None:
            return False
        try:
            await aged.top_up(due, PURSE, until=days(97), at=END)
        except psycopg.errors.CheckViolation:
            return False
        return True

    topped, tally = await asyncio.gather(top_up(), aged.recycle(due, END))

    gone = await perform(due, numbers.find, NUMBER) is None
    assert gone == (tally.recycled == 1)
    purse = (await perform(due, money.purses, [PURSE]))[PURSE]
    if not gone:
        assert topped
        assert purse.funds_end == days(97)


async def test_what_was_left_is_booked_and_everything_ends(due: Pool, owner: str) -> None:
    await aged.top_up(due, PURSE, until=AT, at=AT, micros=7)
    grants = (
        Grant(1, Unit.MICROS, 5, AT, days(1), ""),
        Grant(2, Unit.OCTETS, 9, AT, days(1), "data"),
    )
    await edited(due, grants=grants)

    assert (await aged.recycle(due, END)).recycled == 1

    purse = (await perform(due, money.purses, [PURSE]))[PURSE]
    assert (purse.funds_micros, purse.grants, purse.sessions) == (0, (), b"\x92\x90\x90")
    promo, funds, *_ = await perform(due, money.entries, PURSE)
    assert (funds.kind, funds.account, funds.funds_micros, funds.contra_micros) == (
        EntryKind.BREAKAGE, Account.BREAKAGE, -7, 7,
    )  # fmt: skip
    assert (promo.kind, promo.account, promo.grants_micros, promo.contra_micros) == (
        EntryKind.BREAKAGE, Account.PROMO_COST, -5, 5,
    )  # fmt: skip
    history = await perform(due, numbers.holding.history, NUMBER, END)
    assert [(one.holder_id, one.until) for one in history.tenures] == [(1, END)]
    assert [(one.imsi, one.until) for one in history.bindings] == [(card(0).imsi, END)]
    (row,) = sql(owner, """
        SELECT s.died_at = r.at, r.holder_id, r.reminders, l.kind, p.done_at IS NULL
        FROM numbers.recycled r JOIN record.leaf l ON l.seq = r.leaf_seq
        JOIN numbers.provisioning p USING (leaf_seq)
        JOIN numbers.binding b ON b.msisdn = r.msisdn JOIN numbers.sim s USING (iccid)
    """)  # fmt: skip
    assert row == (True, 1, 4, "numbers.recycled", True)
    farewell, *_ = await perform(due, notices.newest)
    assert farewell.telling.kind is NoticeKind.LIFECYCLE_RECYCLED
    assert (farewell.telling.channel, farewell.telling.person_id) == (Channel.PERSON, 1)


async def test_nothing_of_the_former_holder_reaches_the_next(due: Pool, owner: str) -> None:
    """The next holder looks through every operation; the tables say that nothing ties them."""
    await aged.top_up(due, PURSE, until=AT, at=AT, micros=7)
    await held(due, owner)
    gone = HoldKind.COMPLAINT
    await perform(due, numbers.lifecycle.release, NUMBER, gone, "12", act(at=days(10)))
    sql(owner, REQUEST, days(2) / 1000)  # an old one, expired and never ended
    late = Telling(NUMBER, 1, "km", NoticeKind.LOCK_SET, {}, days(89))
    await perform(due, notices.tell, [late])
    assert (await aged.recycle(due, END)).recycled == 1

    rests = act(at=Instant(days(180) - 1))
    again = sell(1, msisdn=NUMBER, holder_id=2, purse_id=2_000)
    early = await perform(due, numbers.holding.activate, KH, again, rests)
    assert isinstance(early, Refused)
    assert early.refusal.name == "NUMBER_RESTING"
    at = days(180)
    assert isinstance(await perform(due, numbers.holding.activate, KH, again, act(at=at)), Sold)

    line = await perform(due, numbers.find, NUMBER)
    assert line is not None
    assert (line.purse_id, line.imsi) == (2_000, card(1).imsi)
    assert not (line.bar_outgoing or line.bar_incoming or line.suspended or line.lost_at)
    purse = (await perform(due, money.purses, [2_000]))[2_000]
    assert (purse.funds_micros, purse.grants, purse.seq) == (0, (), 0)
    assert await perform(due, money.entries, 2_000) == []
    assert await perform(due, numbers.lifecycle.holds, NUMBER, at) == []
    sent = await aged.deliver(due, at)
    assert sent == [], "a notice of the former holder waits for nobody"
    assert await aged.sweep(due, at) == {}
    assert (await aged.sweep(due, days(181))) == {"reminded": 1}
    for table, condition in TIES.items():
        (count,) = sql(owner, f"SELECT count(*) FROM {table} WHERE {condition}")[0]  # noqa: S608  # of this file
        assert count == 0, table


NOW = "to_timestamp(1815552000)"
TIES = {
    "numbers.tenure": "holder_id = 1 AND upper_inf(during)",
    "numbers.binding": "upper_inf(during) AND imsi <> '456060000000001'",
    "numbers.lock": "until IS NULL",
    "numbers.request": "ended_at IS NULL",
    "numbers.hold": "until IS NULL",
    "numbers.stage_bar": "true",
    "numbers.reminder": "purse_id = 2000 AND step > 1",
    "notices.notice": "sent_at IS NULL AND dropped_at IS NULL AND person_id = 1",
    "money.entry": "purse_id = 2000",
    "charging.answered": "purse_id = 2000",
    "topups.answered": "purse_id = 2000",
}
"""What would tie the next holder to the former one, or leave something open of theirs."""


async def test_a_hold_is_placed_once_and_released_on_record(due: Pool, owner: str) -> None:
    kind = HoldKind.COURT_ORDER

    async def hold(case: str, day: float, number: Msisdn = NUMBER) -> object:
        found = await perform(due, numbers.lifecycle.hold, number, kind, case, act(at=days(day)))
        return found.refusal if isinstance(found, Refused) else found

    async def release(case: str, day: float) -> object:
        found = await perform(due, numbers.lifecycle.release, NUMBER, kind, case, act(at=days(day)))
        return found.refusal if isinstance(found, Refused) else found

    assert await hold("", 60) is HoldRefusal.CASE_MISSING
    assert await hold("7", 60, msisdn(3)) is HoldRefusal.UNKNOWN_NUMBER
    placed = await hold("7", 60)
    assert isinstance(placed, Hold)
    assert await hold("7", 61) is HoldRefusal.HELD_ALREADY
    assert isinstance(await hold("8", 61), Hold)
    assert await release("9", 62) is HoldRefusal.NOT_HELD
    assert isinstance(await release("7", 62), Hold)
    assert await release("7", 63) is HoldRefusal.NOT_HELD
    assert dict((await aged.recycle(due, END)).kept) == {Kept.HELD: 1}
    assert isinstance(await release("8", 91), Hold)
    assert (await aged.recycle(due, days(91))).recycled == 1
    leaves = sql(owner, "SELECT kind FROM record.leaf WHERE kind ~ 'held|released' ORDER BY seq")
    assert [leaf for (leaf,) in leaves] == [
        "numbers.held", "numbers.held", "numbers.released", "numbers.released",
    ]  # fmt: skip


async def test_lines_that_nobody_holds_are_reminded_and_kept(pool: Pool) -> None:
    line = Line(
        msisdn=NUMBER,
        imsi=Imsi("456069999999999"),
        purse_id=5,
        offer="prepaid",
        language="en",
        bar_outgoing=False,
        bar_incoming=False,
        suspended=False,
        lost_at=None,
        postpaid=False,
    )
    await perform(pool, money.open_purses, [money_of(5)])
    await perform(pool, numbers.open_lines, [NewLine(line, AT)], act())
    for day in (1, 30, 53):
        assert await aged.sweep(pool, days(day)) == {"reminded": 1}
        assert len(await aged.deliver(pool, days(day))) == 1
    assert await aged.sweep(pool, days(60)) == {"barred": 1}
    assert dict((await aged.recycle(pool, END)).kept) == {Kept.NOT_HELD: 1}


def money_of(purse_id: int) -> Purse:
    """An empty purse whose validity ended at AT."""
    return Purse(purse_id, 0, 0, 0, AT, 0, 0, (), b"\x92\x90\x90")
