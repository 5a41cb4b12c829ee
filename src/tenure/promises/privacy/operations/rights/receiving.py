"""A request is taken in: its clock began when any channel of ours received it."""

from uuid import UUID

import msgspec

from tenure.postgres.transaction import Transaction
from tenure.promises.consent.model import Ground as RestrictionGround
from tenure.promises.people import operations as people
from tenure.promises.privacy.model.rights import PERSON, Case, Dossier, NewCase, Refusal
from tenure.promises.privacy.operations.rights import telling
from tenure.promises.privacy.operations.rights.keeping import about, may
from tenure.promises.privacy.rules import rights as rules
from tenure.promises.privacy.store import rights as store
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act, Plain
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.promises.staff.model import Task
from tenure.terms.model import Terms
from tenure.terms.rights import Right
from tenure.values.refused import Refused
from tenure.values.sealing import Whose


async def receive(
    tx: Transaction, terms: Terms, new: NewCase, act: Act
) -> Dossier | Refused[Refusal] | Refused[StaffRefusal]:
    """Keep what somebody asks, with what the pack owes now; the person is told by when they hear.

    Nothing is believed of it yet, so hardly anything is refused (UNKNOWN_PERSON, RECEIVED_LATER,
    WORD_UNKNOWN): what cannot be done is the outcome of a case, in words.  Given in twice under
    the same number, it is one case.
    """
    barred = await may(tx, act, Task.RECEIVE_RIGHTS)
    if barred is not None:
        return barred
    known = await store.dossier(tx, new.case_id)
    if known is not None:
        return known
    rule = terms.privacy.rights.rule(new.right)
    fits = rules.received(new, rule, _words(terms), act.at)
    if isinstance(fits, Refused):
        return fits
    found = await _whose(tx, new)
    if isinstance(found, Refused):
        return found
    case = await _case(tx, terms, msgspec.structs.replace(new, whose=found), act)
    said: dict[str, Plain] = {
        "right": case.right.value,
        "channel": case.channel.value,
        "received_at": case.received_at,
        "answer_ms": case.answer_ms,
    }
    leaf_seq = await record.append(tx, act, "privacy.rights_receive", said, about(case))
    first = msgspec.structs.replace(rules.opened(case, act.by, act.at), leaf_seq=leaf_seq)
    await store.add(tx, case, leaf_seq)
    await store.moved(tx, case, None, first, None)
    await telling.received(tx, terms, case, first, act.at)
    return Dossier(msgspec.structs.replace(case, leaf_seq=leaf_seq), (first,))


def _words(terms: Terms) -> dict[Right, list[str]]:
    """What a right may name."""
    return {
        Right.WITHDRAW: [one.name for one in terms.consents.purposes],
        Right.RESTRICT: [one.value for one in RestrictionGround],
    }


async def _whose(tx: Transaction, new: NewCase) -> Whose | Refused[Refusal]:
    """Who it is about, if there is somebody; a row that was merged leads to whom it is."""
    nobody = Refused(
        Refusal.UNKNOWN_PERSON, "nobody of this kind has this number; see: tenure person"
    )
    if not await store.exists(tx, new.whose):
        return nobody
    if new.mandate is not None and await people.find(tx, new.mandate.by) is None:
        return nobody
    if new.whose.kind != PERSON:
        return new.whose
    return Whose(PERSON, await people.survivor(tx, new.whose.whom))


async def _case(tx: Transaction, terms: Terms, new: NewCase, act: Act) -> Case:
    rule = terms.privacy.rights.rule(new.right)
    asked_by = None if new.mandate is None else new.mandate.by
    language = await _language(tx, terms, new, asked_by)
    name = await _name(tx, new)
    theirs = bool(new.msisdn) and new.whose.kind == PERSON
    theirs = theirs and await store.held_number(tx, new.msisdn, new.whose.whom)
    return Case(
        case_id=new.case_id,
        right=new.right,
        whose=new.whose,
        asked_by=asked_by,
        document="" if new.mandate is None else new.mandate.document,
        channel=new.channel,
        received_at=new.received_at,
        entered_at=act.at,
        language=language,
        msisdn=new.msisdn,
        in_writing=rules.is_written(new, name, was_theirs=theirs),
        wanted=new.wanted,
        scope=rule.scope,
        answer_ms=rule.answer_ms,
        extension_max_ms=rule.extension_max_ms,
        pauses=terms.privacy.rights.pauses,
        needs_proof=bool(rule.proofs),
        same_as=await _same(tx, new, asked_by),
    )


async def _language(tx: Transaction, terms: Terms, new: NewCase, asked_by: int | None) -> str:
    """In which language whoever asks is answered."""
    whom = new.whose.whom if asked_by is None else asked_by
    registered = asked_by is not None or new.whose.kind == PERSON
    person = await people.find(tx, whom) if registered else None
    known = person is not None and person.language in terms.languages
    return person.language if person is not None and known else terms.prevailing_language


async def _name(tx: Transaction, new: NewCase) -> str:
    """The name that a written request has to have."""
    person = await people.find(tx, new.whose.whom) if new.whose.kind == PERSON else None
    return "" if person is None else person.name


async def _same(tx: Transaction, new: NewCase, asked_by: int | None) -> UUID | None:
    """The first open request for the same, by the same: this one is answered by reference."""
    for one in await store.open_of(tx, new.whose):
        same = one.right is new.right and one.asked_by == asked_by and one.wanted == new.wanted
        if same and one.msisdn == new.msisdn and one.same_as is None:
            return one.case_id
    return None
