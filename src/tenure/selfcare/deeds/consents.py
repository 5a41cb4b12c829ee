"""Yes and no to what goes beyond the service: a no takes no more steps than a yes."""

from typing import Final

from tenure.postgres.transaction import Transaction
from tenure.promises.consent import operations as consent_operations
from tenure.promises.consent.model import Answer, No, Refusal, Stand, Whose, Yes
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import NoticeKind, Telling
from tenure.promises.people import operations as people
from tenure.promises.record.model import Act
from tenure.selfcare.caller import Visit
from tenure.selfcare.model import Option, Place, Screen, opens
from tenure.terms.agreements import PurposeText
from tenure.terms.menus import Deed
from tenure.values.instant import Instant
from tenure.values.refused import Refused

AGREED, REFUSED = "=yes", "=no"
MINORS: Final = frozenset({Refusal.GUARDIAN_NEEDED, Refusal.AGE_UNKNOWN})
"""PRV-MINOR: somebody else has to say yes first."""


async def consent(tx: Transaction, visit: Visit, chosen: str, act: Act) -> Screen:
    """Show the purposes, then one of them in full, then keep the yes or the no."""
    person_id = visit.caller.holder_id
    if person_id is None:
        return Screen((visit.say("say-nobody"),))
    stands = await consent_operations.overview(tx, visit.desk.terms, person_id, act.at)
    name = chosen.removesuffix(AGREED).removesuffix(REFUSED)
    stand = next((one for one in stands if one.purpose.name == name), None)
    if stand is None:
        return _all(visit, stands)
    if chosen.endswith(AGREED):
        return await _given(tx, visit, person_id, stand, act)
    if chosen.endswith(REFUSED):
        return await _withdrawn(tx, visit, person_id, stand, act)
    return _one(visit, stand)


def _all(visit: Visit, stands: tuple[Stand, ...]) -> Screen:
    options = []
    for stand in stands:
        name = "option-purpose-on" if stand.open else "option-purpose-off"
        label = visit.say(name, purpose=_text(visit, stand).title)
        options.append(Option(label, Place(opens(Deed.CONSENT), stand.purpose.name)))
    return Screen((visit.say("ask-consent"),), tuple(options))


def _one(visit: Visit, stand: Stand) -> Screen:
    """The whole text of the purpose for who has not agreed, since a yes needs to know to what."""
    text = _text(visit, stand)
    if stand.open:
        question = visit.say("ask-purpose-on", purpose=text.title)
    else:
        explained = f"{text.title}. {text.text} {text.without}"
        question = visit.say("ask-purpose-off", explained=explained)
    name = stand.purpose.name
    options = (
        Option(visit.say("option-yes"), Place(opens(Deed.CONSENT), f"{name}{AGREED}")),
        Option(visit.say("option-no"), Place(opens(Deed.CONSENT), f"{name}{REFUSED}")),
    )
    return Screen((question,), options, to_be_read=True)


async def _given(tx: Transaction, visit: Visit, person_id: int, stand: Stand, act: Act) -> Screen:
    person = await people.find(tx, person_id)
    guardians = await people.guardians(tx, person_id, act.at)
    born_on = None if person is None else person.born_on
    whose = Whose(person_id, born_on, frozenset(one.guardian_id for one in guardians))
    yes = Yes(whose, person_id, (stand.purpose.name,), visit.how())
    answer = await consent_operations.give(tx, visit.desk.terms, yes, act)
    if isinstance(answer, Refused):
        name = "say-guardian" if answer.refusal in MINORS else "say-not-possible"
        return Screen((visit.say(name),))
    title = _text(visit, stand).title
    await _tell(tx, visit, (NoticeKind.CONSENT_GIVEN, title), answer, act.at)
    return Screen((visit.say("say-given", purpose=title),))


async def _withdrawn(
    tx: Transaction, visit: Visit, person_id: int, stand: Stand, act: Act
) -> Screen:
    no = No(person_id, person_id, visit.how(), (stand.purpose.name,))
    answer = await consent_operations.withdraw(tx, visit.desk.terms, no, act)
    if isinstance(answer, Refused):
        return Screen((visit.say("say-not-possible"),))
    title = _text(visit, stand).title
    await _tell(tx, visit, (NoticeKind.CONSENT_WITHDRAWN, title), answer, act.at)
    return Screen((visit.say("say-withdrawn", purpose=title),))


async def end_marketing(tx: Transaction, visit: Visit, _argument: str, act: Act) -> Screen:
    """End all direct marketing at once (GTC-MKT); again is the same, and answered the same."""
    person_id = visit.caller.holder_id
    if person_id is not None:
        no = No(person_id, person_id, visit.how())
        answer = await consent_operations.withdraw(tx, visit.desk.terms, no, act)
        if isinstance(answer, Refused):
            return Screen((visit.say("say-not-possible"),))
    # Advertising goes to people who agreed to it, so that nobody's number gets none anyway.
    return Screen((visit.say("say-marketing-ended"),))


def _text(visit: Visit, stand: Stand) -> PurposeText:
    return stand.purpose.texts[visit.caller.language]


async def _tell(
    tx: Transaction, visit: Visit, what: tuple[NoticeKind, str], answer: Answer, at: Instant
) -> None:
    """What was new is also told by text: something to keep, which a screen is not."""
    if not answer.changed:
        return
    caller, (kind, title) = visit.caller, what
    facts = {"purpose": title}
    telling = Telling(caller.line.msisdn, caller.holder_id, caller.language, kind, facts, at)
    await notices.tell(tx, [telling])
