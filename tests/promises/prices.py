"""What happens in a story about a new price: it is announced, told, waited for, and holds."""

import re
from typing import Final

import msgspec

from tenure.commands import campaigning
from tenure.postgres.transaction import perform
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Approval, Role
from tenure.promises.tariffs import operations as tariffs
from tenure.promises.tariffs.model import Considered, PublishedVersion, PublishRequest
from tenure.promises.tariffs.rules import compile_book
from tenure.terms.pricelist import Pack, RateRow
from tenure.values.instant import Instant
from tenure.values.refused import Refused
from tests.notices import carrying
from tests.promises.sentences import moment, money, says
from tests.promises.world import SALT, World, WrongExampleError
from tests.staff.given import enrolled, key_of

PAGE: Final = "www.example.net/updates"
PUBLISHER, APPROVER = "lena", "vuthy"


@says(
    "the prices {version=NAME} are published for {day=MOMENT}: "
    "calls to other networks by day cost {cost=MONEY} a minute"
)
async def _published(world: World, told: re.Match[str]) -> None:
    await reprice(world)
    latest = world.pack.versions[-1]
    new = msgspec.structs.replace(
        latest,
        version_id=told["version"],
        published_at=world.now,
        effective_from=moment(told["day"], world.pack.terms.time_zone),
        rows=tuple(_costing(row, money(told["cost"])) for row in latest.rows),
        summary=dict.fromkeys(
            world.pack.terms.languages, "calls to other networks by day cost otherwise"
        ),
    )
    pack = msgspec.structs.replace(world.pack, versions=(*world.pack.versions, new))
    considered = await perform(world.pool, tariffs.consider, pack, new.version_id, _act(world))
    if isinstance(considered, Refused):
        world.refusal = considered.refusal.name
        return
    world.pack = pack
    await _agreed(world, considered)
    done = await perform(world.pool, tariffs.publish, pack, new.version_id, PAGE, _act(world))
    if isinstance(done, Refused):
        raise WrongExampleError(done.detail)
    if done[1] is not None:
        await campaigning.plan(world.pool, done[1], lambda: world.now)


def _costing(row: RateRow, micros: int) -> RateRow:
    by_day = (row.service, row.direction, row.zone, row.band) == ("voice", "out", "offnet", "day")
    return msgspec.structs.replace(row, price_micros=micros) if by_day else row


async def _agreed(world: World, considered: Considered) -> None:
    """One asks, another approves: the same two in every story."""
    if not await perform(world.pool, staff.members):
        await enrolled(world.pool, "chan", Role.SUPERVISOR)
        await enrolled(world.pool, PUBLISHER, Role.LEGAL)
        await enrolled(world.pool, APPROVER, Role.SUPERVISOR)
    request = await perform(world.pool, tariffs.ask, considered, _act(world))
    if not isinstance(request, PublishRequest):
        raise WrongExampleError(request.detail)
    shown = key_of(APPROVER).assertion(request.request_hash)
    act = Act(APPROVER, world.now, SALT)
    given = await perform(world.pool, staff.approve, request.request_hash, APPROVER, shown, act)
    if not isinstance(given, Approval):
        raise WrongExampleError(given.detail)


def _act(world: World, by: str = PUBLISHER) -> Act:
    return Act(by, world.now, SALT)


@says("everybody is told of it")
async def _told(world: World, _told: re.Match[str]) -> None:
    """What a running Tenure does: notices are released, and leave."""
    await campaigning.advance(world.pool, lambda: world.now)
    await perform(world.pool, carrying.carry, world.pack.terms, world.now)


@says("the prices (?P<version>[0-9-]+) are in force from {day=MOMENT} on")
async def _in_force(world: World, told: re.Match[str]) -> None:
    found = await _confirmed(world)
    day = moment(told["day"], world.pack.terms.time_zone)
    if not isinstance(found, PublishedVersion) or found.in_force_from != day:
        raise WrongExampleError(f"they are not; the record says {found}")
    await reprice(world)


@says("the prices (?P<version>[0-9-]+) wait: {count=NUMBER} (?:was|were) not told in time")
async def _wait(world: World, told: re.Match[str]) -> None:
    found = await _confirmed(world)
    lines = getattr(found, "lines", None)
    if lines != int(told["count"]):
        raise WrongExampleError(f"{lines} were not")
    await reprice(world)


async def _confirmed(world: World) -> object:
    operator = world.pack.terms.operator
    return await perform(world.pool, tariffs.put_in_force, operator, _act(world, "<clock>"))


async def reprice(world: World) -> None:
    """From now on usage is priced by the record, as by a running Tenure."""
    act = Act("<clock>", Instant(world.now), SALT)
    found = await perform(world.pool, tariffs.timeline, world.pack, act)
    if not isinstance(found, Pack):
        raise WrongExampleError(found.detail)
    world.book = compile_book(found)
