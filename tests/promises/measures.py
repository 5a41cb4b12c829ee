"""What happens in a story when a service is cut, and given back."""

import re
from collections.abc import Callable
from typing import Any, Final

from tenure.postgres.transaction import perform
from tenure.promises.access import operations as access
from tenure.promises.access.model import Chosen, Clause, Ground, Restrict, Suspend, Why
from tenure.promises.tariffs.model import Service
from tenure.values.refused import Refused
from tests.promises.sentences import moment, says
from tests.promises.world import World

SERVICES: Final = {
    "calls": Service.VOICE,
    "texts": Service.SMS,
    "picture messages": Service.MMS,
    "data": Service.DATA,
    "purchases": Service.CONTENT,
}
_SERVICE: Final = f"(?:{'|'.join(SERVICES)})"
_OF_SERVICES: Final = f"(?P<services>{_SERVICE}(?: and {_SERVICE})*)"


def _restriction(world: World, told: re.Match[str]) -> Restrict:
    services = frozenset(SERVICES[name] for name in told["services"].split(" and "))
    ground = None if told["why"] == "abuse" else Ground(told["why"])
    clause = Clause.ABUSE if ground is None else Clause.TRAFFIC
    until = moment(told["until"], world.pack.terms.time_zone)
    return Restrict(Why(clause, told["why"], "case 12"), services, until, ground)


_RESTRICTED: Final = (
    f"restricted from {_OF_SERVICES}"
    " for (?P<why>abuse|law|security|overload) until {until=MOMENT}"
)


@says(f"is {_RESTRICTED}")
async def _is_restricted(world: World, told: re.Match[str]) -> None:
    await world.begin_act()
    asked, figures = _restriction(world, told), world.pack.terms.access
    await _decided(world, access.restrict, figures, world.msisdn, asked)


@says(f"everybody with the plan {{offer=NAME}} is {_RESTRICTED}")
async def _all_are_restricted(world: World, told: re.Match[str]) -> None:
    await world.begin_act()
    asked, figures = _restriction(world, told), world.pack.terms.access
    chosen = Chosen(offer=told["offer"])
    await _decided(world, access.restrict_group, figures, chosen, asked)


@says("is suspended(?: for (?P<why>abuse|illegal use|law))?")
async def _is_suspended(world: World, told: re.Match[str]) -> None:
    await world.begin_act()
    clauses = {"abuse": Clause.ABUSE, "law": Clause.LAW}
    why = Why(clauses.get(told["why"], Clause.ILLEGAL), told["why"] or "illegal use", "case 13")
    await _decided(world, access.suspend, world.msisdn, Suspend(why))


@says("is (?:suspended|restricted) no more")
async def _is_free(world: World, _: re.Match[str]) -> None:
    """Everything that was decided is lifted, the newest first."""
    await world.begin_act()
    for measure in reversed(await perform(world.pool, access.of_line, await world.line())):
        await _decided(world, access.lift, measure.measure_id, "resolved")


async def _decided(world: World, operation: Callable[..., Any], *asked: object) -> None:
    answer = await perform(world.pool, operation, *asked, world.act())
    if isinstance(answer, Refused):
        world.refusal = answer.refusal.name
