"""A holder's profile changes: they hear of it on every number that they hold.

People know no numbers, so what is done to a profile and told of it meets here, in one transaction.
"""

from collections.abc import Mapping

from tenure.postgres.transaction import Transaction
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import NoticeKind, Telling
from tenure.promises.numbers.store import holding as store
from tenure.promises.people import operations as people
from tenure.promises.people.model import (
    Changes,
    Channel,
    Contact,
    Evidence,
    Guardian,
    Merge,
    MergeRequest,
    Person,
    Refusal,
)
from tenure.promises.record.model import Act
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.terms.model import Terms
from tenure.values.instant import Instant
from tenure.values.passkey import PARTY, RelyingParty
from tenure.values.refused import Refused


async def choose_language(
    tx: Transaction, terms: Terms, person_id: int, language: str, act: Act
) -> Person | Refused[Refusal]:
    """Tell somebody everything in another language from now on, and say so in that language."""
    done = await people.choose_language(tx, terms, person_id, language, act)
    if isinstance(done, Person):
        await store.choose_language(tx, person_id, language)
        await _tell(tx, person_id, NoticeKind.PERSON_LANGUAGE, act.at)
    return done


async def correct(  # noqa: PLR0913 -- whose, what, by which evidence, to whom it was signed
    tx: Transaction,
    terms: Terms,
    person_id: int,
    changes: Changes,
    evidence: Evidence,
    act: Act,
    *,
    party: RelyingParty = PARTY,
) -> Person | Refused[Refusal] | Refused[StaffRefusal]:
    """INC-PROFILE: correct who somebody is on record, and tell them."""
    correct_ = people.corrections.correct
    done = await correct_(tx, terms, person_id, changes, evidence, act, party=party)
    if isinstance(done, Person):
        await _tell(tx, person_id, NoticeKind.SECURITY_PROFILE, act.at)
    return done


async def confirm_contact(
    tx: Transaction, person_id: int, channel: Channel, typed: str, key: bytes, act: Act
) -> Contact | Refused[Refusal]:
    """Believe that an address is somebody's, and tell them: they are written to there as well."""
    done = await people.addresses.confirm(tx, person_id, channel, typed, key, act)
    if isinstance(done, Contact):
        await _tell(tx, person_id, NoticeKind.SECURITY_PROFILE, act.at)
    return done


async def drop_contact(
    tx: Transaction, person_id: int, channel: Channel, act: Act
) -> Channel | Refused[Refusal]:
    """Use an address no more, and tell them."""
    done = await people.addresses.drop(tx, person_id, channel, act)
    if isinstance(done, Channel):
        await _tell(tx, person_id, NoticeKind.SECURITY_PROFILE, act.at)
    return done


async def end_guardian(
    tx: Transaction, ward_id: int, guardian_id: int, act: Act
) -> Guardian | Refused[Refusal]:
    """End that somebody answers for a minor, and tell the minor."""
    done = await people.end_guardian(tx, ward_id, guardian_id, act)
    if isinstance(done, Guardian):
        await _tell(tx, ward_id, NoticeKind.SECURITY_PROOF, act.at)
    return done


async def ask_merge(
    tx: Transaction, duplicate_id: int, survivor_id: int, act: Act
) -> MergeRequest | Refused[Refusal] | Refused[StaffRefusal]:
    """Ask that two rows of one human become one; refused while the duplicate holds a number."""
    holds = [one.msisdn for one in await store.held_by(tx, duplicate_id)]
    return await people.merging.ask(tx, duplicate_id, survivor_id, holds, act)


async def merge(
    tx: Transaction, request_hash: bytes, act: Act
) -> Merge | Refused[Refusal] | Refused[StaffRefusal]:
    """Make two rows one, if two others approved; the survivor is told."""
    asked = await people.merging.request(tx, request_hash)
    held = [] if asked is None else await store.held_by(tx, asked.duplicate_id)
    done = await people.merging.merge(tx, request_hash, [one.msisdn for one in held], act)
    if isinstance(done, Merge):
        await _tell(tx, done.survivor_id, NoticeKind.SECURITY_PROFILE, act.at)
    return done


async def come_of_age(tx: Transaction, limit: int, act: Act) -> int:
    """PRV-MINOR: tell those who came of age, once each; how many were.

    Nothing else happens here: from the first instant of the birthday their guardian answers for
    them no more, told or not.  They are asked for consents of their own.
    """
    due = await people.newly_adult(tx, act.at, limit)
    for person_id in await people.tell_adults(tx, due, act):
        await _tell(tx, person_id, NoticeKind.PERSON_ADULT, act.at)
    return len(due)


async def tellings(
    tx: Transaction, person_id: int, kind: NoticeKind, at: Instant, facts: Mapping[str, str]
) -> list[Telling]:
    """What somebody is told, on every number that they hold."""
    person = await people.find(tx, person_id)
    language = "" if person is None else person.language
    held = await store.held_by(tx, person_id)
    return [Telling(one.msisdn, person_id, language, kind, facts, at) for one in held]


async def _tell(tx: Transaction, person_id: int, kind: NoticeKind, at: Instant) -> None:
    await notices.tell(tx, await tellings(tx, person_id, kind, at, {}))
