"""Holding on a real PostgreSQL: stock, first sale, existing bases, and races for a number."""

import asyncio
from collections import Counter
from datetime import date

import msgspec
import psycopg
import pytest
from psycopg import sql

from tenure.postgres.pool import Pool, pool_of
from tenure.postgres.transaction import perform
from tenure.promises.money import operations as money
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import (
    HoldingRefusal,
    Line,
    NewLine,
    OpenedAs,
    Reservation,
    Sold,
    TakenOver,
)
from tenure.promises.people import operations as people
from tenure.values.instant import Instant
from tenure.values.refused import Refused
from tests.conftest import furnish
from tests.numbers.stocked import AT, ID, KEY, KH, act, card, days, msisdn, person, sell, stock


async def refusal(pool: Pool, asked: object, at: Instant = AT, by: str = "sok") -> object:
    """How a sale ends: the name of its refusal, or None."""
    found = await perform(pool, numbers.holding.activate, KH, asked, act(by, at))  # type: ignore[arg-type]
    return found.refusal if isinstance(found, Refused) else None


async def test_a_number_is_sold_with_purse_tenure_line_leaf_and_a_task_for_the_network(
    pool: Pool, owner: str
) -> None:
    await perform(pool, stock)

    found = await perform(pool, numbers.holding.activate, KH, sell(), act())

    assert isinstance(found, Sold)
    held = await perform(pool, numbers.holding.holder, msisdn(0))
    assert held is not None
    assert (held.holder_id, held.since, held.until, held.opened_as) == (
        1,
        AT,
        None,
        OpenedAs.FIRST_SALE,
    )
    assert held.leaf_seq == found.leaf_seq
    line = await perform(pool, numbers.find, msisdn(0))
    assert line is not None
    assert (line.imsi, line.purse_id, line.postpaid) == (card(0).imsi, 1_000, False)
    purse = (await perform(pool, money.purses, [1_000]))[1_000]
    assert (purse.funds_micros, purse.funds_end) == (0, AT)
    with psycopg.connect(owner) as connection:
        task = connection.execute(
            "SELECT msisdn, leaf_seq, done_at, attempts FROM numbers.provisioning"
        ).fetchall()
        leaf = connection.execute(
            "SELECT kind, body FROM record.leaf WHERE seq = %s", [found.leaf_seq]
        ).fetchone()
        opened = connection.execute(
            "SELECT field, value FROM record.opening WHERE leaf_seq = %s", [found.leaf_seq]
        ).fetchall()
    assert task == [(msisdn(0), found.leaf_seq, None, 0)]
    assert leaf is not None
    assert leaf[0] == "numbers.activated"
    assert not any(secret in leaf[1] for secret in (msisdn(0), card(0).iccid, card(0).imsi))
    assert dict(opened) == {
        "msisdn": msisdn(0),
        "holder": "1",
        "iccid": card(0).iccid,
        "imsi": card(0).imsi,
        "by": "sok",
    }


async def test_a_postpaid_number_is_sold_with_its_credit_limit(pool: Pool) -> None:
    await perform(pool, stock)
    offer = next(one for one in KH.offers if one.postpaid)

    await perform(pool, numbers.holding.activate, KH, sell(offer=offer.name), act())

    line = await perform(pool, numbers.find, msisdn(0))
    assert line is not None
    assert line.postpaid
    purse = (await perform(pool, money.purses, [1_000]))[1_000]
    assert purse.credit_limit_micros == offer.credit_limit_micros > 0


async def test_every_refusal_of_a_sale_leaves_nothing_behind(pool: Pool, owner: str) -> None:
    await perform(pool, stock)
    foreign = card(50, plmn="45601")
    await perform(
        pool, numbers.inventory.import_sims, [foreign], KEY, lambda octets: b"x" * octets, act()
    )
    await perform(pool, people.enter_all, [person(8, date(2010, 1, 16)), person(9, None)], act())
    await perform(
        pool,
        people.enter_all,
        [msgspec.structs.replace(person(10), document=None)],
        act(),
    )
    await perform(pool, numbers.holding.activate, KH, sell(1), act())
    await perform(pool, numbers.open_lines, [_line(5)], act())
    await perform(pool, numbers.inventory.reserve, KH, msisdn(6), days(1), act("srey"))
    with psycopg.connect(owner) as connection:
        connection.execute(
            "UPDATE numbers.sim SET died_at = now() WHERE iccid = %s", [card(7).iccid]
        )
    before = _rows(owner)

    asked = {
        HoldingRefusal.UNKNOWN_OFFER: sell(offer="free for all"),
        HoldingRefusal.UNKNOWN_LANGUAGE: sell(language="xx"),
        HoldingRefusal.NUMBER_NOT_OURS: sell(msisdn=msisdn(10_000)),
        HoldingRefusal.NUMBER_HELD: sell(msisdn=msisdn(1)),
        HoldingRefusal.NUMBER_IN_SERVICE: sell(msisdn=msisdn(5)),
        HoldingRefusal.NUMBER_RESERVED: sell(msisdn=msisdn(6)),
        HoldingRefusal.SIM_UNKNOWN: sell(iccid=card(999).iccid),
        HoldingRefusal.SIM_DEAD: sell(iccid=card(7).iccid),
        HoldingRefusal.SIM_USED: sell(iccid=card(1).iccid),
        HoldingRefusal.SIM_OF_ANOTHER_NETWORK: sell(iccid=foreign.iccid),
        HoldingRefusal.HOLDER_UNKNOWN: sell(holder_id=77),
        HoldingRefusal.HOLDER_WITHOUT_DOCUMENT: sell(holder_id=10),
        HoldingRefusal.HOLDER_OF_UNKNOWN_AGE: sell(holder_id=9),
        HoldingRefusal.HOLDER_IS_MINOR: sell(holder_id=8),
    }
    found = {wanted: await refusal(pool, one) for wanted, one in asked.items()}

    assert found == {wanted: wanted for wanted in asked}
    # Whoever holds a number that somebody tried to sell again has a right to know: that is a leaf.
    assert _rows(owner, leaves=1) == before


def _line(index: int) -> NewLine:
    line = Line(
        msisdn=msisdn(index),
        imsi=card(index).imsi,
        purse_id=1_000 + index,
        offer="prepaid",
        language="km",
        bar_outgoing=False,
        bar_incoming=False,
        suspended=False,
        lost_at=None,
        postpaid=False,
    )
    return NewLine(line, AT)


def _rows(owner: str, leaves: int = 0) -> list[int]:
    """How many rows there are, without so many leaves."""
    tables = ("numbers.tenure", "numbers.binding", "numbers.line", "money.purse", "record.leaf")
    with psycopg.connect(owner) as connection:
        found = [
            connection.execute(
                sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(*table.split(".")))
            ).fetchall()[0][0]
            for table in (*tables, "numbers.provisioning")
        ]
    found[tables.index("record.leaf")] -= leaves
    return found


async def test_at_most_three_prepaid_numbers_where_the_market_says_so(
    pool: Pool, owner: str
) -> None:
    furnish(owner, "smartfren-id")
    await perform(pool, stock, 0)
    plmn = ID.home_plmns[0]
    cards = [card(index, plmn) for index in range(6)]
    await perform(pool, numbers.inventory.import_sims, cards, KEY, bytes, act())
    prepaid = next(one for one in ID.offers if not one.postpaid).name
    postpaid = next(one for one in ID.offers if one.postpaid).name
    languages = {"language": ID.languages[0]}

    asked = [sell(index, offer=prepaid, **languages) for index in range(4)]
    # All at once: the limit holds in a race as well.
    found = await asyncio.gather(
        *(perform(pool, numbers.holding.activate, ID, one, act()) for one in asked)
    )
    refusals = [one.refusal for one in found if isinstance(one, Refused)]
    assert refusals == [HoldingRefusal.HOLDER_AT_THE_LIMIT]

    more = sell(4, offer=postpaid, **languages)
    assert isinstance(await perform(pool, numbers.holding.activate, ID, more, act()), Sold)


async def test_of_two_clerks_who_race_for_a_number_one_gets_it(pool: Pool) -> None:
    await perform(pool, stock)
    winners: Counter[str] = Counter()
    for index in range(200):
        found = await asyncio.gather(
            *(
                perform(
                    pool, numbers.inventory.reserve, KH, msisdn(100 + index), days(1), act(clerk)
                )
                for clerk in ("sok", "srey")
            )
        )
        won = [one for one in found if isinstance(one, Reservation)]
        lost = [one.refusal for one in found if isinstance(one, Refused)]
        assert len(won) == 1
        assert lost == [HoldingRefusal.NUMBER_RESERVED]
        winners[won[0].reserved_by] += 1
    assert winners.total() == 200


async def test_of_two_who_sell_a_number_at_once_one_does(pool: Pool) -> None:
    await perform(pool, stock, 80)
    for index in range(0, 80, 2):
        both = [
            sell(index, holder_id=1),
            sell(index + 1, msisdn=msisdn(index), holder_id=2),
        ]
        found = await asyncio.gather(
            *(perform(pool, numbers.holding.activate, KH, one, act()) for one in both)
        )
        assert sorted(type(one).__name__ for one in found) == ["Refused", "Sold"]


async def test_a_reservation_ends_by_itself_and_is_its_clerks_alone(pool: Pool) -> None:
    await perform(pool, stock)
    reserve, release = numbers.inventory.reserve, numbers.inventory.release
    await perform(pool, reserve, KH, msisdn(3), days(1), act("srey"))

    assert await refusal(pool, sell(3)) is HoldingRefusal.NUMBER_RESERVED
    again = await perform(pool, reserve, KH, msisdn(3), days(2), act("srey"))
    assert isinstance(again, Reservation)
    for until, wanted in ((days(31), "RESERVATION_TOO_LONG"), (AT, "RESERVATION_TOO_LONG")):
        found = await perform(pool, reserve, KH, msisdn(4), until, act())
        assert isinstance(found, Refused)
        assert found.refusal.name == wanted
    not_mine = await perform(pool, release, msisdn(3), act("sok"))
    assert isinstance(not_mine, Refused)
    assert await refusal(pool, sell(3), Instant(days(2) - 1)) is HoldingRefusal.NUMBER_RESERVED
    assert await refusal(pool, sell(3), days(2)) is None


async def test_a_clerk_sells_what_they_have_set_aside(pool: Pool) -> None:
    await perform(pool, stock)
    await perform(pool, numbers.inventory.reserve, KH, msisdn(3), days(1), act())
    assert await refusal(pool, sell(3)) is None


async def test_a_minor_holds_a_number_when_a_guardian_answers(pool: Pool, owner: str) -> None:
    await perform(pool, stock)
    await perform(pool, people.enter_all, [person(8, date(2010, 1, 15))], act())
    assert await refusal(pool, sell(holder_id=8)) is HoldingRefusal.HOLDER_IS_MINOR
    with psycopg.connect(owner) as connection:
        connection.execute(
            "INSERT INTO people.guardian (ward_id, guardian_id, since, leaf_seq) "
            "SELECT 8, 1, to_timestamp(%s), min(seq) FROM record.leaf",
            [AT / 1_000],
        )
    assert await refusal(pool, sell(holder_id=8), Instant(AT - 1)) is HoldingRefusal.HOLDER_IS_MINOR
    assert await refusal(pool, sell(holder_id=8)) is None


async def test_a_number_rests_before_it_is_offered_again(pool: Pool, owner: str) -> None:
    await perform(pool, stock)
    assert await refusal(pool, sell()) is None
    with psycopg.connect(owner) as connection:
        for table in ("tenure", "binding"):
            connection.execute(
                sql.SQL(
                    "UPDATE numbers.{} SET during = tstzrange(lower(during), to_timestamp(%s))"
                ).format(sql.Identifier(table)),
                [days(100) / 1_000],
            )
        connection.execute("DELETE FROM numbers.line")
    rest = KH.keeping.recycling.rest_days
    again = sell(2, msisdn=msisdn(0), holder_id=2)

    assert await refusal(pool, again, days(99)) is HoldingRefusal.NUMBER_HELD
    resting = Instant(days(100 + rest) - 1)
    assert await refusal(pool, again, resting) is HoldingRefusal.NUMBER_RESTING
    # A purse never has two holders: nothing of the former one reaches the next.
    used = msgspec.structs.replace(again, purse_id=1_000)
    with pytest.raises(psycopg.errors.IntegrityError):
        await refusal(pool, used, days(100 + rest))
    assert await refusal(pool, again, days(100 + rest)) is None


def _base(count: int) -> tuple[list[NewLine], list[TakenOver]]:
    lines = [_line(index) for index in range(count)]
    taken = [TakenOver(msisdn(index), index % 5 + 1, card(index).iccid) for index in range(count)]
    return lines, taken


async def test_an_existing_base_comes_to_its_holders_in_one_step(pool: Pool) -> None:
    await perform(pool, stock, 200)
    lines, taken = _base(200)
    await perform(pool, numbers.open_lines, lines, act())

    leaf_seq = await perform(pool, numbers.holding.take_over, taken, act())

    holders = await perform(pool, numbers.holding.holders, [one.msisdn for one in taken])
    assert holders == {one.msisdn: one.holder_id for one in taken}
    held = await perform(pool, numbers.holding.held_by, 3)
    assert len(held) == 40
    assert {(one.opened_as, one.leaf_seq, one.since) for one in held} == {
        (OpenedAs.IMPORT, leaf_seq, AT)
    }


async def test_a_base_is_taken_over_once_and_on_its_own_sims_only(pool: Pool, owner: str) -> None:
    await perform(pool, stock, 20)
    lines, taken = _base(10)
    await perform(pool, numbers.open_lines, lines, act())
    before = _rows(owner)
    wrong_sim = [*taken[:9], msgspec.structs.replace(taken[9], iccid=card(15).iccid)]
    nobody = [msgspec.structs.replace(taken[0], holder_id=77)]

    for given in (wrong_sim, nobody, [*taken, taken[0]]):
        with pytest.raises(psycopg.errors.IntegrityError):
            await perform(pool, numbers.holding.take_over, given, act())
    assert _rows(owner) == before

    await perform(pool, numbers.holding.take_over, taken, act())
    with pytest.raises(psycopg.errors.SerializationFailure) as caught:
        await perform(pool, numbers.holding.take_over, taken[:1], act())
    assert caught.value.diag.constraint_name == "take_over_numbers_were_never_held"


async def test_the_pack_of_another_market_cannot_make_a_holder_unlawful(
    pool: Pool, owner: str
) -> None:
    await perform(pool, stock)
    assert await refusal(pool, sell()) is None
    with pytest.raises(psycopg.errors.CheckViolation, match="slot_within_the_market"):
        furnish(owner, "smartfren-id")


async def test_a_database_without_figures_gives_no_number(database: str, owner: str) -> None:
    with psycopg.connect(owner) as connection:
        connection.execute("DELETE FROM numbers.figures")
    async with pool_of(database, size_min=1, size_max=2) as pool:
        await perform(pool, stock)
        with pytest.raises(psycopg.errors.CheckViolation) as caught:
            await perform(pool, numbers.holding.activate, KH, sell(), act())
    assert caught.value.diag.constraint_name == "figures_of_the_pack_are_there"
