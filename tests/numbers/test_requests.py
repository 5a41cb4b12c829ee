"""Requests on a real PostgreSQL: transfers and their sisters from asking to effect."""

import psycopg

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.money import operations as money
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Suspend
from tenure.promises.numbers.model.requests import Kind, Outcome, Party, Progress, Refusal
from tenure.promises.people import operations as people
from tests.numbers.asked import (
    CHILD,
    FUNDS,
    LATER,
    NEW,
    OLD,
    PAPER,
    approved,
    asked,
    complete,
    consented,
    effect,
    later,
    populated,
    wanted,
)
from tests.numbers.stocked import KH, act, msisdn


async def test_a_number_changes_hands_when_everything_is_there(pool: Pool, owner: str) -> None:
    await populated(pool)
    made = await complete(pool)
    assert [one.refusal for one in made.missing] == [Refusal.COOLING_OFF]
    assert made.takes_effect_at == later(days=1)

    done = await effect(pool, 1, later(days=1))

    assert isinstance(done, Progress), done
    assert done.ending is not None
    assert done.ending.outcome is Outcome.EFFECTED
    held = (await perform(pool, numbers.holding.history, msisdn(0), later(days=1))).tenures
    assert [(one.holder_id, one.purse_id) for one in held] == [(NEW, 50_001), (OLD, 1_000)]
    assert held[0].since == held[1].until == later(days=1)
    purses = await perform(pool, money.purses, [1_000, 50_001])
    assert (purses[1_000].funds_micros, purses[50_001].funds_micros) == (0, FUNDS)
    with psycopg.connect(owner) as connection:
        kinds = connection.execute(
            "SELECT kind FROM record.leaf WHERE kind LIKE 'numbers.%' OR kind = 'staff.approved'"
            " ORDER BY seq"
        ).fetchall()
    assert [kind for (kind,) in kinds][-6:] == [
        "numbers.requested",
        "numbers.consented",
        "numbers.consented",
        "staff.approved",
        "staff.approved",
        "numbers.transferred",
    ]


async def test_a_number_goes_to_a_ward_by_one_key_in_two_parts(pool: Pool) -> None:
    """A synced passkey signs the same twice; who gives to their own ward agrees to both."""
    await populated(pool)
    await perform(pool, people.name_guardian, KH, CHILD, OLD, PAPER, act())
    made = await asked(pool, wanted(to_holder=CHILD))
    parties = ((Party.FROM, OLD), (Party.TO, CHILD), (Party.TO_GUARDIAN, OLD))

    made = await consented(pool, made, *parties)
    await approved(pool, made)

    assert isinstance(await effect(pool, 1, later(days=1)), Progress)
    held = await perform(pool, numbers.holding.holder, msisdn(0))
    assert held is not None
    assert held.holder_id == CHILD


async def test_what_cut_the_line_of_the_former_holder_ends_with_their_holding(
    pool: Pool, owner: str
) -> None:
    await populated(pool)
    await perform(pool, numbers.change, msisdn(0), Suspend(), act("sok", LATER))
    made = await asked(pool, wanted(1, Kind.LEGAL_ORDER), by="rith")
    await approved(pool, made, "sam", "vanna")

    assert isinstance(await effect(pool, 1, later(days=2)), Progress)

    line = await perform(pool, numbers.find, msisdn(0))
    assert line is not None
    assert not line.suspended
    with psycopg.connect(owner) as connection:
        told = connection.execute(
            "SELECT l.kind FROM numbers.provisioning p JOIN record.leaf l ON l.seq = p.leaf_seq"
            " ORDER BY p.task_id DESC LIMIT 2"
        ).fetchall()
    assert told == [("numbers.resumed",), ("numbers.transferred",)], "the network follows leaves"
