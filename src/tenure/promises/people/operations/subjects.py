"""What may be asked of everybody else of whom something is known, as the pack declares them."""

from collections.abc import Collection, Sequence

import msgspec

from tenure.postgres.transaction import Transaction
from tenure.promises.people.model import Asked, Given, Item, Known, Refusal, Subject
from tenure.promises.people.operations.sealing import Keys, opened, sealed
from tenure.promises.people.rules import subjects as rules
from tenure.promises.people.store import persons
from tenure.promises.people.store import subjects as store
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act, Plain
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.terms.model import Terms
from tenure.terms.subjects import SubjectKind
from tenure.values.refused import Refused

No = Refused[Refusal] | Refused[StaffRefusal]


async def enter(
    tx: Transaction,
    terms: Terms,
    new: Subject,
    given: Given,
    act: Act,
    keys: Keys | None = None,
) -> Known | No:
    """Enter somebody of a declared kind with what they, or whoever named them, gave.

    Refused for who may not enter this kind, without what is obligatory (the consequence is told),
    with what nobody asks for, without the representation of PRV-THIRD, and with what is sensitive
    when there are no keys to seal it (PRV-SEC).
    """
    kind = await _kind(tx, terms, new.kind, given, act)
    if isinstance(kind, Refused):
        return kind
    missing = await _unknown(tx, new)
    if missing is not None:
        return missing
    if kind.third_party and given.represented:
        new = msgspec.structs.replace(new, represented_at=act.at)

    decision = rules.entered(new, given, kind, terms.prevailing_language)

    if isinstance(decision, Refused):
        return decision
    subject, told = decision
    if await _is_known(tx, subject):
        return Refused(Refusal.ITEM_KNOWN, f"they are entered as a {new.kind} already")
    items = await sealed(tx, keys, subject, kind, told)
    if isinstance(items, Refused):
        return items
    said: dict[str, Plain] = {"kind": new.kind, "items": sorted({one.item for one in items})}
    about = {"subject": str(new.subject_id)}
    if new.named_by is not None:
        about["named_by"] = new.named_by
    leaf_seq = await record.append(tx, act, "people.subject_entered", said, about)
    await store.enter(tx, subject, kind, leaf_seq)
    await store.add(tx, subject, kind, items, leaf_seq)
    return Known(subject, items)


async def meet(tx: Transaction, terms: Terms, new: Subject, act: Act) -> Subject | No:
    """Enter somebody who comes themselves, and of whom nothing is kept here, not even an item.

    For what they gave elsewhere, sealed under a key of their own: a form of the website.
    """
    given = Given({}, new.occasion, by_themselves=True)
    kind = await _kind(tx, terms, new.kind, given, act)
    if isinstance(kind, Refused):
        return kind
    said: dict[str, Plain] = {"kind": new.kind, "items": []}
    leaf_seq = await record.append(
        tx, act, "people.subject_entered", said, {"subject": str(new.subject_id)}
    )
    await store.enter(tx, new, kind, leaf_seq)
    return new


async def _kind(
    tx: Transaction, terms: Terms, name: str, given: Given, act: Act
) -> SubjectKind | No:
    """The kind, if whoever acts may enter it."""
    roles: Collection[str] = ()
    if not given.by_themselves:
        member = rules.acting(await staff.member(tx, act.by))
        if isinstance(member, Refused):
            return member
        roles = [role.value for role in member.roles]
    kind = rules.kind_of(name, roles, given, terms.people)
    if isinstance(kind, Refused) and not given.by_themselves:
        await staff.refused(tx, act.by, "SUBJECT", kind.refusal.name, act.at)
    return kind


async def _unknown(tx: Transaction, new: Subject) -> Refused[Refusal] | None:
    """Whom it names must be there."""
    if new.person_id is not None and await persons.by_id(tx, new.person_id) is None:
        detail = "nobody has this number; see: tenure person enter"
        return Refused(Refusal.UNKNOWN_PERSON, detail)
    if new.named_by is not None and not await store.is_somebody(tx, new.named_by):
        return Refused(Refusal.UNKNOWN_SUBJECT, "whoever names them is not known; enter them first")
    return None


async def _is_known(tx: Transaction, new: Subject) -> bool:
    if new.person_id is None:
        return False
    return any(one.kind == new.kind for one in await store.of_person(tx, [new.person_id]))


async def add(  # noqa: PLR0913 -- who, what is told, who acts, and keys
    tx: Transaction,
    terms: Terms,
    subject_id: int,
    given: Given,
    act: Act,
    keys: Keys | None = None,
    *,
    instead: bool = False,
) -> Known | No:
    """Add what is known of somebody; with ``instead``, what was known before ends.

    So visitors leave and swipe, candidates bring papers, and anybody's data is put right.  What is
    sensitive is sealed with ``keys``, and refused without them (PRV-SEC).
    """
    known = await store.known(tx, subject_id)
    if known is None:
        detail = "nobody has this number; enter them with: tenure person subject"
        return Refused(Refusal.UNKNOWN_SUBJECT, detail)
    kind = await _kind(tx, terms, known.subject.kind, given, act)
    if isinstance(kind, Refused):
        return kind
    before = known.items if not instead else _without(known.items, given)

    decision = rules.told(given, kind, before, act.at)

    if isinstance(decision, Refused):
        return decision
    items = await sealed(tx, keys, known.subject, kind, decision)
    if isinstance(items, Refused):
        return items
    if instead:
        for name in given.items:
            await store.end(tx, subject_id, name, act.at)
    said: dict[str, Plain] = {"kind": kind.name, "items": sorted({one.item for one in items})}
    about = {"subject": str(subject_id)}
    leaf_seq = await record.append(tx, act, "people.subject_told", said, about)
    await store.add(tx, known.subject, kind, items, leaf_seq)
    return Known(known.subject, await store.items(tx, subject_id))


def _without(items: Sequence[Item], given: Given) -> tuple[Item, ...]:
    """What is known, with an end for what is said anew."""
    return tuple(
        msgspec.structs.replace(one, ended_at=one.ended_at or one.since)
        if one.item in given.items
        else one
        for one in items
    )


async def find(tx: Transaction, subject_id: int) -> Known | None:
    """Somebody with all that is and was known of them; what is sensitive is sealed."""
    return await store.known(tx, subject_id)


async def of_person(
    tx: Transaction, person_ids: Sequence[int], keys: Keys | None = None
) -> list[Known]:
    """As what somebody with a profile is known, with all of it; who looks, the caller keeps.

    What is sensitive stays sealed without keys: only who may read it hands them in.
    """
    found = await store.of_person(tx, person_ids)
    known = [Known(one, await store.items(tx, one.subject_id)) for one in found]
    return [await opened(tx, keys, one) for one in known]


def asked(terms: Terms, kind: str, language: str) -> tuple[Asked, ...] | Refused[Refusal]:
    """PRV-OPTION: what a kind is asked for, in a language, and what follows without it."""
    found = terms.people.kind(kind)
    if found is None:
        names = ", ".join(one.name for one in terms.people.kinds)
        return Refused(Refusal.UNKNOWN_KIND, f"the kinds are {names}")
    return rules.asked(found, language, terms.prevailing_language)
