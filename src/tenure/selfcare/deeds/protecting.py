"""What protects a number.  Its SIM is enough for that: never to unlock it or to give it away."""

from collections.abc import Mapping
from typing import Final

from tenure.postgres.transaction import Transaction
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import RequestKind as Kind
from tenure.promises.numbers.model import RequestRefusal as Refusal
from tenure.promises.record.model import Act
from tenure.selfcare.caller import Visit
from tenure.selfcare.deeds import consents
from tenure.selfcare.model import Option, Place, Screen, opens
from tenure.terms.menus import Deed
from tenure.values.refused import Refused

YES: Final = "yes"
ASKED: Final[Mapping[Kind, str]] = {
    Kind.SIM: "ask-stop-sim",
    Kind.UNLOCK: "ask-stop-unlock",
}
"""Whatever else is asked changes the holder."""


async def lock(tx: Transaction, visit: Visit, said: str, act: Act) -> Screen:
    """Ask once more, then lock the number; told that it is locked, if it is."""
    if said != YES:
        question = visit.say("ask-lock", number=visit.number())
        yes = Option(visit.say("option-lock"), Place(opens(Deed.LOCK), YES))
        return Screen((question,), (yes,))
    done = await numbers.requests.lock_from_number(tx, visit.caller.line.msisdn, act)
    if not isinstance(done, Refused):
        return Screen((visit.say("say-locked", number=visit.number()),), told=True)
    if done.refusal is Refusal.LOCKED:
        return Screen((visit.say("say-locked-already", number=visit.number()),))
    return Screen((visit.say("say-nobody"),))


async def stop_request(tx: Transaction, visit: Visit, request_id: str, act: Act) -> Screen:
    """Show what is asked about the number, then stop exactly that."""
    msisdn = visit.caller.line.msisdn
    if request_id:
        return Screen((await _stopped(tx, visit, request_id, act),))
    found = await numbers.requests.open_of(tx, msisdn)
    if found is None:
        return Screen((visit.say("say-nothing-to-stop", number=visit.number()),))
    question = visit.say(ASKED.get(found.kind, "ask-stop-transfer"), number=visit.number())
    place = Place(opens(Deed.STOP_REQUEST), found.request_id)
    return Screen((question,), (Option(visit.say("option-stop"), place),))


async def _stopped(tx: Transaction, visit: Visit, request_id: str, act: Act) -> str:
    number = visit.number()
    done = await numbers.requests.stop(
        tx, visit.desk.terms, request_id, act, from_number=visit.caller.line.msisdn
    )
    if not isinstance(done, Refused):
        return visit.say("say-stopped", number=number)
    if done.refusal in {Refusal.NOT_STOPPABLE, Refusal.NOT_A_PARTY}:
        return visit.say("say-not-stoppable", number=number)
    return visit.say("say-nothing-to-stop", number=number)


async def stop(tx: Transaction, visit: Visit, _argument: str, act: Act) -> Screen:
    """STOP says not what: what is asked about the number is stopped, and so is advertising.

    Who meant one of them loses nothing by the other, and reads what was done.
    """
    found = await numbers.requests.open_of(tx, visit.caller.line.msisdn)
    stopped = [] if found is None else [await _stopped(tx, visit, found.request_id, act)]
    ended = await consents.end_marketing(tx, visit, "", act)
    return Screen((*stopped, *ended.lines))
