"""What happens in a story about consent: people say yes and no, and somebody asks who said what."""

import re
from typing import Final

from tenure.postgres.transaction import perform
from tenure.promises.consent import operations as consent
from tenure.promises.consent.model import How, Manner, Medium, Way, Wish
from tenure.promises.numbers import operations as numbers
from tenure.promises.people import operations as people
from tenure.promises.people.model import Person
from tenure.values.refused import Refused
from tests.promises.sales import person_id
from tests.promises.sentences import says
from tests.promises.world import World, WrongExampleError

WAY: Final = {"in a shop": Way.SHOP, "by USSD": Way.USSD, "to 1204": Way.SHORT_CODE}
WHERE: Final = r"(?P<where>in a shop|by USSD|to 1204)"
PURPOSE: Final = r"(?P<purpose>[a-z]+(?:-[a-z]+)*)"
MEDIUM: Final = r"(?P<medium>sms|call|email|app)"


@says(
    rf"{{who=NAME}} agrees to {PURPOSE}(?: by {MEDIUM})?(?:, and {{guardian=NAME}} says so)?,"
    rf" {WHERE}"
)
async def _agrees(world: World, told: re.Match[str]) -> None:
    await world.begin_act()
    wish = _wish(told, await _known(world, told["who"]))
    found = await perform(world.pool, numbers.consents.give, world.pack.terms, wish, world.act())
    world.refusal = found.refusal.name if isinstance(found, Refused) else ""


@says(rf"{{who=NAME}} says no to (?:all advertising|{PURPOSE}(?: by {MEDIUM})?), {WHERE}")
async def _says_no(world: World, told: re.Match[str]) -> None:
    await world.begin_act()
    wish = _wish(told, await _known(world, told["who"]))
    found = await perform(
        world.pool, numbers.consents.withdraw, world.pack.terms, wish, world.act()
    )
    world.refusal = found.refusal.name if isinstance(found, Refused) else ""


def _wish(told: re.Match[str], person: Person) -> Wish:
    fields = told.groupdict()
    how = How(WAY[told["where"]], person.language, "a story")
    named = fields["purpose"]
    media = (Medium(fields["medium"]),) if fields["medium"] else ()
    guardian = fields.get("guardian")
    by = person_id(guardian) if guardian else None
    return Wish(person.person_id, how, (named,) if named else None, media, by)


@says(rf"{{who=NAME}} may (?P<no>not )?be sent {PURPOSE} by {MEDIUM}")
async def _may(world: World, told: re.Match[str]) -> None:
    pair = ((await _known(world, told["who"])).person_id, told["purpose"])
    terms, at = world.pack.terms, world.now
    found = await perform(world.pool, consent.standing, terms, [pair], told["medium"], at)
    if (pair in found) is bool(told["no"]):
        raise WrongExampleError("they may" if found else "they may not")


@says(r"{who=NAME} accepted the terms by (?P<manner>activation|use|signature|click)")
async def _accepted(world: World, told: re.Match[str]) -> None:
    person = await _known(world, told["who"])
    agreed = await perform(world.pool, consent.agreed, person.person_id)
    manners = [one.acceptance.manner for one in agreed.acceptances]
    if Manner(told["manner"]) not in manners:
        raise WrongExampleError(f"they accepted by {[one.value for one in manners]}")


async def _known(world: World, name: str) -> Person:
    person = await perform(world.pool, people.find, person_id(name))
    if person is None:
        raise WrongExampleError(f"nobody is called {name} yet; sell them a number first")
    return person
