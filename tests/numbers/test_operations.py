"""Lines on a real PostgreSQL: opened in bulk, found, changed with a leaf and a call to others."""

import asyncio

import msgspec
import psycopg
import pytest

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import (
    Bar,
    Line,
    NewLine,
    Refusal,
    ReportFound,
    ReportLost,
    Resume,
    Suspend,
)
from tenure.promises.record.model import Act
from tenure.values.instant import Instant
from tenure.values.msisdn import Imsi, Msisdn
from tenure.values.refused import Refused

AT = Instant(1_800_000_000_123)
ACT = Act("sok", AT, bytes(range(32)), "asked by its holder")


def line(number: int, *, lost_at: Instant | None = None, postpaid: bool = False) -> NewLine:
    opened = Line(
        msisdn=Msisdn(f"8551{number:07d}"),
        imsi=Imsi(f"45606{number:010d}"),
        purse_id=number,
        offer="prepaid",
        language="km",
        bar_outgoing=number % 2 == 1,
        bar_incoming=number % 3 == 1,
        suspended=number % 5 == 1,
        lost_at=lost_at,
        postpaid=postpaid,
    )
    return NewLine(opened, AT)


async def test_lines_are_opened_in_bulk_and_found_as_they_were(pool: Pool) -> None:
    news = [line(number, lost_at=AT if number == 7 else None) for number in range(20_001)]
    news[9] = msgspec.structs.replace(
        news[9], line=msgspec.structs.replace(news[9].line, postpaid=True)
    )

    await perform(pool, numbers.open_lines, news, ACT)

    for number in (0, 1, 7, 9, 9_999, 10_000, 20_000):
        wanted = news[number].line
        assert await perform(pool, numbers.find, wanted.msisdn) == wanted
        assert await perform(pool, numbers.find_by_imsi, wanted.imsi) == wanted
    found = await perform(pool, numbers.find_all, ["85510000001", "85510000002", "85599999999"])
    assert set(found) == {"85510000001", "85510000002"}
    assert await perform(pool, numbers.find, "85599999999") is None
    assert await perform(pool, numbers.count) == 20_001
    by_purse = await perform(pool, numbers.find_by_purses, [7, 9, 99_999])
    assert by_purse == {7: news[7].line, 9: news[9].line}
    assert await perform(pool, numbers.find_by_imsi, "456069999999999") is None


TAKEN = [
    ("line_one_line_per_number", {"imsi": Imsi("456069999999999"), "purse_id": 99}),
    ("line_one_number_per_sim", {"msisdn": Msisdn("85599999999"), "purse_id": 99}),
    (
        "line_one_number_per_purse",
        {"msisdn": Msisdn("85599999999"), "imsi": Imsi("456069999999999")},
    ),
]


@pytest.mark.parametrize(("constraint", "other"), TAKEN, ids=[name for name, _ in TAKEN])
async def test_no_number_sim_or_purse_has_two_lines(
    pool: Pool, owner: str, constraint: str, other: dict[str, object]
) -> None:
    """Even for who may do anything, with all triggers off."""
    await perform(pool, numbers.open_lines, [line(1)], ACT)
    taken = msgspec.structs.replace(line(1).line, **other)

    with pytest.raises(psycopg.errors.UniqueViolation) as caught:
        await perform(pool, numbers.open_lines, [NewLine(taken, AT)], ACT)
    assert caught.value.diag.constraint_name == constraint

    with psycopg.connect(owner) as connection:
        connection.execute("SET session_replication_role = replica")
        with pytest.raises(psycopg.errors.UniqueViolation) as caught:
            connection.execute(
                "INSERT INTO numbers.line (msisdn, imsi, purse_id, offer, language, since)"
                " VALUES (%s, %s, %s, 'prepaid', 'km', now())",
                [taken.msisdn, taken.imsi, taken.purse_id],
            )
        assert caught.value.diag.constraint_name == constraint


@pytest.mark.parametrize(
    ("msisdn", "imsi", "constraint"),
    [
        ("+85512345678", "456060000000001", "line_msisdn_is_e164"),
        ("012345678", "456060000000001", "line_msisdn_is_e164"),
        ("8551234567890123", "456060000000001", "line_msisdn_is_e164"),
        ("85512345678", "45606000000001x", "line_imsi_has_its_form"),
        ("85512345678", "4560600000001", "line_imsi_has_its_form"),
        ("85512345678", "4560600000000012", "line_imsi_has_its_form"),
    ],
)
async def test_a_wrong_form_is_never_stored(
    pool: Pool, msisdn: str, imsi: str, constraint: str
) -> None:
    new = msgspec.structs.replace(line(1).line, msisdn=Msisdn(msisdn), imsi=Imsi(imsi))

    with pytest.raises(psycopg.errors.CheckViolation) as caught:
        await perform(pool, numbers.open_lines, [NewLine(new, AT)], ACT)

    assert caught.value.diag.constraint_name == constraint


async def test_every_change_is_recorded_once_and_announced(
    pool: Pool, database: str, owner: str
) -> None:
    await perform(pool, numbers.open_lines, [line(2)], ACT)
    msisdn = line(2).line.msisdn
    listener = await psycopg.AsyncConnection.connect(database, autocommit=True)
    async with listener:
        await listener.execute("LISTEN tenure_changed")
        for change in (
            Bar(outgoing=True),
            Bar(outgoing=True),
            Bar(outgoing=False, incoming=True),
            Suspend(),
            Resume(),
        ):
            assert isinstance(await perform(pool, numbers.change, msisdn, change, ACT), Line)
        heard = [note.payload async for note in listener.notifies(timeout=5, stop_after=4)]

    assert heard == ["2"] * 4
    after = await perform(pool, numbers.find, msisdn)
    assert after is not None
    assert (after.bar_outgoing, after.bar_incoming, after.suspended) == (False, True, False)
    with psycopg.connect(owner) as connection:
        kinds = connection.execute("SELECT kind FROM record.leaf ORDER BY seq").fetchall()
    assert [kind for (kind,) in kinds] == [
        "numbers.opened",
        "numbers.barred",
        "numbers.barred",
        "numbers.suspended",
        "numbers.resumed",
    ]


async def test_a_loss_is_kept_to_its_instant_and_recorded(pool: Pool) -> None:
    await perform(pool, numbers.open_lines, [line(2)], ACT)
    msisdn = line(2).line.msisdn

    first = await perform(pool, numbers.change, msisdn, ReportLost(), ACT)
    later = msgspec.structs.replace(ACT, at=Instant(AT + 1))
    again = await perform(pool, numbers.change, msisdn, ReportLost(), later)
    found = await perform(pool, numbers.change, msisdn, ReportFound(), later)

    assert isinstance(first, Line)
    assert isinstance(found, Line)
    assert first.lost_at == AT
    assert again == first
    assert found.lost_at is None


async def test_a_number_without_a_line_is_refused(pool: Pool) -> None:
    refused = await perform(pool, numbers.change, "85512345678", Suspend(), ACT)

    assert isinstance(refused, Refused)
    assert refused.refusal is Refusal.UNKNOWN_NUMBER


async def test_racing_changes_are_all_kept(pool: Pool) -> None:
    await perform(pool, numbers.open_lines, [line(2)], ACT)
    msisdn = line(2).line.msisdn

    await asyncio.gather(
        *(
            perform(pool, numbers.change, msisdn, change, ACT)
            for change in (Bar(outgoing=True), Bar(incoming=True), Suspend(), ReportLost())
        )
    )

    after = await perform(pool, numbers.find, msisdn)
    assert after is not None
    assert (after.bar_outgoing, after.bar_incoming, after.suspended) == (True, True, True)
    assert after.lost_at == AT
