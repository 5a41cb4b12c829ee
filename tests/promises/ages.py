"""What happens in a story about the end of a number's life: days pass, and the clock runs."""

import re
from typing import Final

from tenure.commands import recycling
from tenure.commands.recycling import Tally
from tenure.postgres.transaction import perform
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import NoticeKind
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model.lifecycle import HoldKind, Kept
from tenure.promises.record.model import Act
from tenure.values.instant import DAY_MS, Instant
from tenure.values.msisdn import Msisdn
from tenure.values.refused import Refused
from tests.notices import carrying
from tests.promises.sentences import moment, says
from tests.promises.world import SALT, World, WrongExampleError

COUNT_MAX: Final = 1_000


@says("days pass until {MOMENT}")
async def _days_pass(world: World, told: re.Match[str]) -> None:
    until = moment(told[1], world.pack.terms.time_zone)
    while world.now < until:
        world.now = Instant(min(until, world.now + DAY_MS))
        await _clock(world)


@says("the clock runs")
async def _clock_runs(world: World, _told: re.Match[str]) -> None:
    await _clock(world)


async def _clock(world: World) -> None:
    """One run, as a running Tenure does it, and what waits is sent."""
    terms, act = world.pack.terms, Act("<clock>", world.now, SALT)
    after: int | None = recycling.FIRST
    while after is not None:
        after = (await perform(world.pool, numbers.lifecycle.sweep, terms, after, act)).last
    await perform(world.pool, numbers.lifecycle.bring_back, terms, act)
    await perform(world.pool, carrying.carry, terms, world.now)
    async for _ in recycling.pages(world.pool, terms, lambda: act, do=True):
        pass


@says("case {case=NAME} holds {number=NUMBER}")
async def _hold(world: World, told: re.Match[str]) -> None:
    number = Msisdn(told["number"].removeprefix("+"))
    kind, act = HoldKind.COMPLAINT, world.act()
    found = await perform(world.pool, numbers.lifecycle.hold, number, kind, told["case"], act)
    world.refusal = found.refusal.name if isinstance(found, Refused) else ""


@says("{number=NUMBER} was reminded (?P<times>[0-9]+) times")
async def _reminded(world: World, told: re.Match[str]) -> None:
    number = told["number"].removeprefix("+")
    found = await perform(world.pool, notices.of_number, number, COUNT_MAX)
    sent = [
        one
        for one in found
        if one.telling.kind is NoticeKind.LIFECYCLE_REMINDER and one.sent_at is not None
    ]
    if len(sent) != int(told["times"]):
        raise WrongExampleError(f"it was reminded {len(sent)} times")


@says("is kept: {WORDS}")
async def _kept(world: World, told: re.Match[str]) -> None:
    tally = Tally()
    act = Act("<clock>", world.now, SALT)
    async for page in recycling.pages(world.pool, world.pack.terms, lambda: act, do=False):
        tally.add(page)
    wanted = Kept[told[1].upper().replace(" ", "_")]
    if tally.recycled or tally.kept != {wanted: 1}:
        reasons = ", ".join(one.name for one in tally.kept) or "no reason"
        raise WrongExampleError(f"{tally.recycled} would go, kept for {reasons}")
