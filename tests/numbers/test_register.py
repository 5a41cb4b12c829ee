"""The record is replayed and held against the tables: what was done behind its back is found."""

from collections.abc import Callable

import psycopg
import pytest

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import Channel, NoticeKind
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Bar, Line, NewLine, TakenOver
from tenure.promises.numbers.model.register import Difference, Look, Wrong
from tenure.promises.record import operations as record
from tests.numbers.asked import NEW, OLD, complete, effect, later, populated
from tests.numbers.stocked import KH, act, card, days, msisdn, sell, stock

Auditor = numbers.register.Auditor
HELD = str(msisdn(0))
ALONE = "SET session_replication_role = replica;"

# ruff: noqa: S608 -- the statements of an attacker are made of test data
BEHIND = [
    (
        "the number is given to somebody else",
        "UPDATE numbers.tenure SET holder_id = 2",
        Wrong.HELD_BY_ANOTHER,
    ),
    ("the tenure is ended", "DELETE FROM numbers.tenure", Wrong.HELD_BY_NOBODY),
    (
        "the tenure is closed",
        "UPDATE numbers.tenure SET during = tstzrange(lower(during), lower(during) + '1 day')",
        Wrong.HELD_BY_NOBODY,
    ),
    (
        "the number is bound to another SIM",
        f"UPDATE numbers.binding SET iccid = '{card(5).iccid}', imsi = '{card(5).imsi}'",
        Wrong.ON_ANOTHER_SIM,
    ),
    ("the binding is ended", "DELETE FROM numbers.binding", Wrong.ON_ANOTHER_SIM),
    (
        "the line is served on another SIM",
        f"UPDATE numbers.line SET imsi = '{card(5).imsi}'",
        Wrong.LINE_ON_ANOTHER_SIM,
    ),
    ("the line is gone", "DELETE FROM numbers.line", Wrong.LINE_ON_ANOTHER_SIM),
]
"""What a superuser does with the triggers switched off, and what the auditor calls it."""


async def sold(pool: Pool, count: int = 1) -> None:
    """So many numbers, sold as they should be."""
    await perform(pool, stock)
    for index in range(count):
        await perform(pool, numbers.holding.activate, KH, sell(index, holder_id=1), act())


async def look(pool: Pool, auditor: numbers.register.Auditor, *, whole: bool = False) -> Look:
    """One look, in a transaction of its own."""
    return await perform(pool, auditor.look, whole=whole)


def do(owner: str, statement: str) -> None:
    """As somebody with every right, triggers off."""
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute((ALONE + statement).encode())


async def placed(pool: Pool) -> None:
    """Every leaf gets its place in a log."""
    await perform(pool, record.log.open_log, "log.example", "log.example+00+key", act().at)
    await perform(pool, record.log.sequence, 10_000)


@pytest.mark.parametrize("sequenced", [True, False], ids=["leaves placed", "leaves waiting"])
async def test_what_was_done_as_it_should_be_raises_nothing(pool: Pool, *, sequenced: bool) -> None:
    await sold(pool, 3)
    if sequenced:
        await placed(pool)
    auditor = Auditor()

    first = await look(pool, auditor)
    await perform(pool, numbers.change, HELD, Bar(outgoing=True), act())
    second = await look(pool, auditor)

    assert (first.differences, first.numbers, first.whole) == ((), 3, True)
    assert (second.differences, second.whole) == ((), False)


async def test_a_transfer_moves_the_register_too(pool: Pool) -> None:
    await populated(pool)
    auditor = Auditor()
    await look(pool, auditor)
    assert auditor.holder_id(HELD) is None, "its leaf waits for a place, and is only overlaid"
    await placed(pool)
    await look(pool, auditor)
    assert auditor.holder_id(HELD) == OLD

    await complete(pool)
    await effect(pool, 1, later(days=3))
    assert (await look(pool, auditor)).differences == ()
    await placed(pool)

    assert (await look(pool, auditor)).differences == ()
    assert auditor.holder_id(HELD) == NEW


@pytest.mark.parametrize("whole", [False, True], ids=["quick look", "whole look"])
@pytest.mark.parametrize(("what", "statement", "wrong"), BEHIND, ids=[one[0] for one in BEHIND])
async def test_what_is_done_behind_its_back_is_found(
    pool: Pool, owner: str, what: str, statement: str, wrong: Wrong, *, whole: bool
) -> None:
    del what
    await sold(pool)
    await placed(pool)
    auditor = Auditor()
    assert (await look(pool, auditor)).differences == ()

    do(owner, statement)

    found = await look(pool, auditor, whole=whole)
    assert found.differences == (Difference(HELD, wrong),)
    assert auditor.holder_id(HELD) == OLD


async def test_a_number_that_no_leaf_gave_away_is_found(pool: Pool, owner: str) -> None:
    await sold(pool)
    await placed(pool)
    auditor = Auditor()
    await look(pool, auditor)

    do(
        owner,
        f"INSERT INTO numbers.tenure SELECT '{msisdn(1)}', 2, during, opened_as, request_id,"
        " leaf_seq, 77, prepaid, slot FROM numbers.tenure",
    )

    found = await look(pool, auditor)
    assert found.differences == (Difference(str(msisdn(1)), Wrong.HELD_WITHOUT_RECORD),)


async def test_an_edited_opening_is_not_believed(pool: Pool, owner: str) -> None:
    await sold(pool)
    await placed(pool)
    do(
        owner,
        "UPDATE record.opening SET value = '2' WHERE field = 'holder' AND value = '1';"
        "UPDATE numbers.tenure SET holder_id = 2",
    )

    found = await look(pool, Auditor())

    assert Difference(HELD, Wrong.LEAF_EDITED) in found.differences
    assert Difference(HELD, Wrong.HELD_WITHOUT_RECORD) in found.differences


async def test_a_base_is_believed_as_its_digest_says(pool: Pool, owner: str) -> None:
    await perform(pool, stock)
    lines = [
        NewLine(
            Line(
                msisdn(index), card(index).imsi, index + 1, "prepaid", "km",
                bar_outgoing=False, bar_incoming=False, suspended=False, lost_at=None,
                postpaid=False,
            ),
            act().at,
        )
        for index in range(5)
    ]  # fmt: skip
    taken = [TakenOver(msisdn(index), 1, card(index).iccid) for index in range(5)]
    await perform(pool, numbers.open_lines, lines, act())
    await perform(pool, numbers.holding.take_over, taken, act())
    auditor = Auditor()
    waiting = await look(pool, auditor)
    await placed(pool)
    there = await look(pool, auditor)
    assert (waiting.differences, waiting.numbers) == ((), 5)
    assert (there.differences, there.numbers) == ((), 5)

    do(owner, f"UPDATE numbers.tenure SET holder_id = 2 WHERE msisdn = '{HELD}'")

    assert (await look(pool, auditor)).differences == (Difference(HELD, Wrong.HELD_BY_ANOTHER),)
    fresh = await look(pool, Auditor())
    assert Difference("", Wrong.BASE_EDITED) in fresh.differences


async def test_the_holder_on_record_is_told_once_and_the_alarm_ends(pool: Pool, owner: str) -> None:
    await sold(pool)
    await placed(pool)
    auditor = Auditor()
    await look(pool, auditor)
    do(owner, "UPDATE numbers.tenure SET holder_id = 2")

    for _ in range(3):
        found = await look(pool, auditor)
        await perform(pool, numbers.register.tell, auditor, found, act("<auditor>", days(1)))

    told = await perform(pool, notices.of_number, HELD)
    ours = [one.telling for one in told if one.telling.kind is NoticeKind.SECURITY_ATTEMPT]
    assert [(one.person_id, one.channel, one.language) for one in ours] == [
        (OLD, Channel.NETWORK, "km")
    ]
    (alarm,) = await perform(pool, numbers.register.alarms_open)
    assert alarm.difference == Difference(HELD, Wrong.HELD_BY_ANOTHER)

    do(owner, "UPDATE numbers.tenure SET holder_id = 1")
    found = await look(pool, auditor)
    await perform(pool, numbers.register.tell, auditor, found, act("<auditor>", days(2)))

    assert await perform(pool, numbers.register.alarms_open) == []
    (alarm,) = await perform(pool, numbers.register.alarms)
    assert alarm.ended_at == days(2)


async def test_two_auditors_raise_one_alarm(pool: Pool, owner: str) -> None:
    await sold(pool)
    await placed(pool)
    auditors = [Auditor(), Auditor()]
    for auditor in auditors:
        await look(pool, auditor)
    do(owner, "DELETE FROM numbers.binding")

    for auditor in auditors:
        found = await look(pool, auditor)
        await perform(pool, numbers.register.tell, auditor, found, act())

    assert len(await perform(pool, numbers.register.alarms_open)) == 1


def test_nobody_is_in_a_repr() -> None:
    made: list[Callable[[], object]] = [
        lambda: Difference(HELD, Wrong.HELD_BY_NOBODY),
        lambda: Look(None, 0, 0, (Difference(HELD, Wrong.HELD_BY_NOBODY),), whole=True),  # type: ignore[arg-type]  # only its repr matters
    ]
    assert all(HELD not in repr(make()) for make in made)
