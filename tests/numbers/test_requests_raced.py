"""Many who want the same number at once: exactly one gets it, and the record tells the same."""

import asyncio

import psycopg

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.charging import operations as charging
from tenure.promises.charging.model import Ask as ChargingAsk
from tenure.promises.charging.model import GroupAsk
from tenure.promises.charging.model import Request as ChargingRequest
from tenure.promises.money import operations as money
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import NoticeKind
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model.requests import Kind, Outcome, Party, Progress
from tenure.promises.tariffs import rules as tariffs
from tenure.promises.tariffs.model import Direction, Service
from tenure.terms import pack
from tenure.values.instant import Instant
from tenure.values.refused import Refused
from tests.numbers.asked import (
    FUNDS,
    LATER,
    NEW,
    OLD,
    approved,
    asked,
    by_passkey,
    complete,
    consented,
    effect,
    later,
    populated,
    request_id,
    wanted,
)
from tests.numbers.stocked import KH, act, msisdn


async def test_of_many_who_ask_one_is_heard_and_of_many_effects_one_happens(
    pool: Pool, owner: str
) -> None:
    await populated(pool)
    asks = [wanted(number, to_holder=2 + number % 2) for number in range(1, 9)]

    answers = await asyncio.gather(
        *(perform(pool, numbers.requests.ask, KH, ask, act("sok", LATER)) for ask in asks)
    )

    made = [one for one in answers if isinstance(one, Progress)]
    assert len(made) == 1
    others = {one.refusal.name for one in answers if isinstance(one, Refused)}
    assert others == {"OTHER_REQUEST_OPEN"}
    (won,) = made
    taker = won.request.to_holder
    assert taker is not None
    won = await consented(pool, won, (Party.FROM, OLD), (Party.TO, taker))
    await approved(pool, won)
    at = later(days=1)
    ends = await asyncio.gather(
        *(
            perform(pool, numbers.requests.effect, KH, won.request.request_id, act("<clock>", at))
            for _ in range(8)
        )
    )

    assert sum(isinstance(one, Progress) for one in ends) == 1
    assert {one.refusal.name for one in ends if isinstance(one, Refused)} == {"ENDED"}
    with psycopg.connect(owner) as connection:
        leaves = connection.execute(
            "SELECT o.value FROM record.leaf l JOIN record.opening o ON o.leaf_seq = l.seq"
            " WHERE l.kind = 'numbers.transferred' AND o.field = 'to'"
        ).fetchall()
    held = await perform(pool, numbers.holding.holder, msisdn(0))
    assert held is not None
    assert leaves == [(str(held.holder_id),)]


async def test_a_stop_and_an_effect_at_once_have_one_winner(pool: Pool) -> None:
    await populated(pool)
    made = await complete(pool)
    at = later(days=1)
    stop = by_passkey(OLD, numbers.requests.stop_hash_of(made.request_hash))
    holder = act("<holder>", at)

    stopped, done = await asyncio.gather(
        perform(pool, numbers.requests.stop, KH, request_id(1), holder, proof=stop),
        effect(pool, 1, at),
    )

    won = [one for one in (stopped, done) if isinstance(one, Progress)]
    assert len(won) == 1
    assert won[0].ending is not None
    held = await perform(pool, numbers.holding.holder, msisdn(0))
    assert held is not None
    effected = won[0].ending.outcome is Outcome.EFFECTED
    assert held.holder_id == (NEW if effected else OLD)


async def test_funds_may_stay_with_the_former_holder(pool: Pool) -> None:
    await populated(pool)
    await complete(pool, wanted(funds_go=False))
    assert isinstance(await effect(pool, 1, later(days=1)), Progress)

    purses = await perform(pool, money.purses, [1_000, 50_001])

    assert (purses[1_000].funds_micros, purses[50_001].funds_micros) == (FUNDS, 0)
    assert purses[50_001].funds_end == purses[1_000].funds_end
    assert await perform(pool, money.entries, 50_001) == []


async def test_both_parties_hear_of_every_step(pool: Pool) -> None:
    await populated(pool)
    await complete(pool)
    await effect(pool, 1, later(days=1))

    told = await perform(pool, notices.of_number, msisdn(0), 50)

    for who in (OLD, NEW):
        kinds = [one.telling.kind for one in reversed(told) if one.telling.person_id == who]
        assert kinds == [
            NoticeKind.TRANSFER_ASKED,
            NoticeKind.TRANSFER_CONSENTED,
            NoticeKind.TRANSFER_CONSENTED,
            NoticeKind.TRANSFER_APPROVED,
            NoticeKind.TRANSFER_APPROVED,
            NoticeKind.TRANSFER_EFFECTED,
        ]


async def test_a_number_is_given_back_to_who_held_it(pool: Pool) -> None:
    await populated(pool)
    await complete(pool)
    assert isinstance(await effect(pool, 1, later(days=1)), Progress)
    at = later(days=2)
    back = wanted(2, Kind.RESTORATION, to_holder=OLD)
    made = await asked(pool, back, at=at)
    await approved(pool, made, at=at)

    assert isinstance(await effect(pool, 2, at), Progress)

    held = await perform(pool, numbers.holding.history, msisdn(0), at)
    assert [one.holder_id for one in held.tenures] == [OLD, NEW, OLD]
    purses = [one.purse_id for one in held.tenures]
    assert len(set(purses)) == 3


async def test_a_call_of_the_former_holder_is_ended(pool: Pool) -> None:
    await populated(pool)
    await complete(pool)
    at = later(days=1)
    call = ChargingAsk(
        ChargingRequest.INITIAL,
        "call",
        0,
        Instant(at - 1000),
        Service.VOICE,
        Direction.OUT,
        msisdn=msisdn(0),
        other_party="012999888",
        groups=(GroupAsk(0, requested=600),),
    )
    book = tariffs.compile_book(pack.load("smart-kh"))
    [answer] = await perform(pool, charging.charge, book, [call])
    assert answer.refusal is None
    assert await perform(pool, charging.stale, book, [1_000], at) == []

    assert isinstance(await effect(pool, 1, at), Progress)

    [stale] = await perform(pool, charging.stale, book, [1_000], at)
    assert (stale.abort, stale.reason) == (True, "changed_hands")
