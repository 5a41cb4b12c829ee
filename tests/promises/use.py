"""A network element that serves a call or a data session: asks, counts, reports, cuts off."""

import msgspec

from tenure.promises.charging.model import Answer, Request
from tenure.promises.tariffs.model import Direction, Service
from tenure.values.instant import SECOND_MS, Instant
from tests.promises.world import World


class Use(msgspec.Struct, frozen=True):
    """What a subscriber means to use."""

    service: Service
    units: int
    party: str = ""
    direction: Direction = Direction.OUT
    group: int = 0
    every: int | None = None
    """Report after so many units, even where more was granted."""


async def use(world: World, wanted: Use) -> None:
    """The whole session: an initial request, updates as grants are used up, and its end."""
    await world.begin_act()
    key = world.key(wanted.service.name.lower())
    answer = await _say(world, wanted, key, 0, Request.INITIAL)
    granted, final = _grant(answer)
    if granted is None:
        return
    number, used = 0, 0
    while True:
        number += 1
        part = min(granted, wanted.units - used, wanted.every or granted)
        used += part
        if wanted.service is Service.VOICE:
            world.now = Instant(world.now + part * SECOND_MS)
        ends = used == wanted.units or (final and part == granted)
        if ends:
            await _say(world, wanted, key, number, Request.TERMINATE, part)
            break
        answer = await _say(world, wanted, key, number, Request.UPDATE, part)
        granted, final = _grant(answer)
        if granted is None:
            # RFC 8506 section 5.6: nothing more is granted, so the use ends here.
            world.refusal = ""
            await _say(world, wanted, key, number + 1, Request.TERMINATE)
            break
    world.cut_at = used if used < wanted.units else None


async def _say(
    world: World, wanted: Use, key: str, number: int, request: Request, used: int | None = None
) -> Answer:
    ask = world.request(
        request,
        key,
        number,
        wanted.service,
        party=wanted.party,
        direction=wanted.direction,
        wants=None if request is Request.TERMINATE else 0,
        used=used,
        group=wanted.group,
    )
    return await world.ask(ask)


def _grant(answer: Answer) -> tuple[int | None, bool]:
    """What was granted, and whether it is the last."""
    if answer.refusal is not None or answer.groups[0].refusal is not None:
        return None, True
    return answer.groups[0].units, answer.groups[0].final is not None
