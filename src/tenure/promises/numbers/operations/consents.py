"""Somebody says yes or no beyond the service: they hear of it on every number that they hold.

The promise of consent knows neither people nor numbers, so what is said and told meets here, in
one transaction.
"""

from collections.abc import Sequence

from tenure.postgres.transaction import Transaction
from tenure.promises.consent import operations as consent
from tenure.promises.consent.model import Answer, Event, No, Refusal, Whose, Wish, Yes
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import NoticeKind, Telling
from tenure.promises.numbers.store import holding as store
from tenure.promises.people import operations as people
from tenure.promises.record.model import Act
from tenure.terms.model import Terms
from tenure.values.refused import Refused

NOBODY = Refused(Refusal.UNKNOWN_PERSON, "nobody has this number; see: tenure person enter")


async def give(tx: Transaction, terms: Terms, wish: Wish, act: Act) -> Answer | Refused[Refusal]:
    """Keep a yes of somebody, or of who answers for them (PRV-MINOR), and tell them."""
    person = await people.find(tx, await people.survivor(tx, wish.person_id))
    if person is None:
        return NOBODY
    answering = await people.guardians(tx, person.person_id, act.at)
    guardians = frozenset(one.guardian_id for one in answering)
    whose = Whose(person.person_id, person.born_on, guardians)
    by = wish.by or person.person_id
    done = await consent.give(
        tx, terms, Yes(whose, by, wish.purposes or (), wish.how, wish.media), act
    )
    if isinstance(done, Answer):
        await _tell(tx, terms, person.language, NoticeKind.CONSENT_GIVEN, done.changed)
    return done


async def withdraw(
    tx: Transaction, terms: Terms, wish: Wish, act: Act
) -> Answer | Refused[Refusal]:
    """Keep a no of somebody, and tell them; without purposes, to all direct marketing."""
    person = await people.find(tx, await people.survivor(tx, wish.person_id))
    if person is None:
        return NOBODY
    by = wish.by or person.person_id
    no = No(person.person_id, by, wish.how, wish.purposes, wish.media)
    done = await consent.withdraw(tx, terms, no, act)
    if isinstance(done, Answer):
        await _tell(tx, terms, person.language, NoticeKind.CONSENT_WITHDRAWN, done.changed)
    return done


async def _tell(
    tx: Transaction, terms: Terms, language: str, kind: NoticeKind, changed: Sequence[Event]
) -> None:
    """One text a purpose and number; nothing when nothing changed, however often it is asked."""
    if not changed:
        return
    person_id = changed[0].person_id
    held = await store.held_by(tx, person_id)
    spoken = language if language in terms.languages else terms.prevailing_language
    told = []
    for name in dict.fromkeys(event.purpose for event in changed):
        purpose = terms.consents.purpose(name)
        title = name if purpose is None else purpose.texts[spoken].title
        told += [
            Telling(one.msisdn, person_id, spoken, kind, {"purpose": title}, changed[0].at)
            for one in held
        ]
    await notices.tell(tx, told)
