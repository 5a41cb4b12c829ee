"""What happens in a story about notices: they wait, leave, are answered, and are tried again."""

import re
from collections.abc import Sequence
from typing import Final

from tenure.postgres.transaction import Transaction, perform
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import (
    Delivery,
    Dispatch,
    End,
    Medium,
    Notice,
    NoticeKind,
    Receipt,
    Route,
    Telling,
)
from tenure.values.msisdn import Msisdn
from tests.notices import carrying
from tests.promises.sales import person_id
from tests.promises.sentences import says
from tests.promises.world import World, WrongExampleError

CENTRE: Final = Route(Medium.SMS, "centre", receipts=True)
COUNT_MAX: Final = 100


@says("{who=NAME} is to get an offer on {number=NUMBER}")
async def _offer(world: World, told: re.Match[str]) -> None:
    facts = {"text": "More for less.", "purpose": "offers"}
    number = Msisdn(told["number"].removeprefix("+"))
    telling = Telling(
        number, person_id(told["who"]), "en", NoticeKind.MARKETING_OFFER, facts, world.now
    )
    await perform(world.pool, notices.tell, [telling])


@says("{count=NUMBER} texts? (?:leave|leaves)(?P<taken>, and the centre takes (?:them|it))?")
async def _leave(world: World, told: re.Match[str]) -> None:
    out = await perform(world.pool, _taken, world, bool(told["taken"]))
    if len(out) != int(told["count"]):
        raise WrongExampleError(f"{len(out)} left")


async def _taken(tx: Transaction, world: World, taken: bool) -> list[Dispatch]:  # noqa: FBT001 -- as the sentence says
    out = await carrying.take(tx, world.pack.terms, world.now, CENTRE)
    if taken:
        named = [(one.delivery_id, str(one.delivery_id)) for one in out]
        await notices.handed(tx, named, world.now)
    return out


@says("the centre says: (?P<end>delivered|failed|expired)")
async def _answers(world: World, told: re.Match[str]) -> None:
    tries = (await _newest(world)).tries
    open_ones = [one for one in tries if one.handed_at is not None and one.end is None]
    one = (open_ones or _handed(tries))[-1]
    receipt = Receipt("centre", (one.reference or "",), End(told["end"]))
    if await perform(world.pool, notices.receipt, [receipt], world.now):
        raise WrongExampleError("it fits nothing")


def _handed(tries: Sequence[Delivery]) -> list[Delivery]:
    found = [one for one in tries if one.handed_at is not None]
    if not found:
        raise WrongExampleError("the centre has nothing")
    return found


async def _newest(world: World, *, offer: bool = False) -> Notice:
    newest = await perform(world.pool, notices.newest, COUNT_MAX)
    offers = [one for one in newest if one.telling.kind is NoticeKind.MARKETING_OFFER]
    found = (offers if offer else newest)[:1]
    if not found:
        raise WrongExampleError("nothing was told")
    return (await perform(world.pool, notices.with_tries, found))[0]


@says(
    "the newest (?P<what>notice|offer) is "
    "(?P<state>waiting|handing|handed|delivered|failed|dropped)"
    "(?:: {why=WORDS})?"
)
async def _is(world: World, told: re.Match[str]) -> None:
    notice = await _newest(world, offer=told["what"] == "offer")
    state = notices.state(notice, world.pack.terms, world.now).value
    why = "" if notice.dropped is None else notice.dropped.value
    if (state, why) != (told["state"], told["why"] or ""):
        raise WrongExampleError(f"it is {state} {why}")
