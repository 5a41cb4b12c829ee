"""What of a request is there: consents, approvals that count, and when it may take effect."""

from collections.abc import Iterator
from typing import Final

from tenure.promises.numbers.model.requests import Approval, Case, Consent, Party
from tenure.promises.numbers.rules.requests.needs import (
    NEEDS,
    approvals_needed,
    cools_off_ms,
    open_ms,
)
from tenure.promises.numbers.rules.requests.standing import minor
from tenure.promises.people.model import Document
from tenure.terms.model import Keeping
from tenure.values.instant import Instant

GUARDIAN_OF: Final = {Party.FROM: Party.FROM_GUARDIAN, Party.TO: Party.TO_GUARDIAN}
GIVERS: Final = frozenset({Party.FROM, Party.FROM_GUARDIAN})


def parties_asked(case: Case, keeping: Keeping, at: Instant) -> tuple[Party, ...]:
    """Whose consent is needed: the parties of this kind, and the guardian of each minor."""
    somebody = {Party.FROM: case.giver, Party.TO: case.taker}
    asked: list[Party] = []
    for party in NEEDS[case.request.kind].consents:
        asked.append(party)
        if minor(somebody[party], keeping, at):
            asked.append(GUARDIAN_OF[party])
    return tuple(asked)


def who_may_be(case: Case, party: Party) -> tuple[int, ...]:
    """The people who can consent in this part."""
    giver, taker = case.giver, case.taker
    match party:
        case Party.FROM:
            return (case.request.from_holder,)
        case Party.TO:
            return () if case.request.to_holder is None else (case.request.to_holder,)
        case Party.FROM_GUARDIAN:
            return () if giver is None else giver.guardians
        case Party.TO_GUARDIAN:
            return () if taker is None else taker.guardians


def passkey_is_old(consent: Consent, keeping: Keeping) -> bool:
    """Whether what gives a number away was proven by a key that is not fresh.

    Whoever takes a phone enrols a key of their own first; the holder is told, and has this long.
    """
    if consent.party not in GIVERS or consent.proven_since is None:
        return True
    return consent.given_at >= consent.proven_since + keeping.transfer.sim_age_ms


def consents_counted(case: Case, keeping: Keeping, at: Instant) -> dict[Party, Consent]:
    """The consents that count at an instant, by their part."""
    return {
        one.party: one
        for one in case.consents
        if one.person_id in who_may_be(case, one.party)
        and case.request.asked_at <= one.given_at <= at
        and passkey_is_old(one, keeping)
        # Suspended is suspended, also for a clock that was set back before it.
        and one.witness_suspended_at is None
    }


def consented_at(case: Case, keeping: Keeping, at: Instant) -> Instant | None:
    """When the last consent that is needed was given; the asking, when none is needed."""
    given = consents_counted(case, keeping, at)
    asked = parties_asked(case, keeping, at)
    if any(party not in given for party in asked):
        return None
    return max([case.request.asked_at, *(given[party].given_at for party in asked)])


def approvals_counted(case: Case, keeping: Keeping, at: Instant) -> list[Approval]:
    """The approvals that count, oldest first: each of another human who stands apart from the case.

    An approval from before the last consent approves something that was not there yet.
    """
    since = consented_at(case, keeping, at)
    if since is None:
        return []
    found: dict[int, Approval] = {}
    for one in sorted(case.approvals, key=lambda approval: approval.approved_at):
        counts = since <= one.approved_at <= at and one.suspended_at is None
        if counts and independent(case, one.human_id, one.document):
            found.setdefault(one.human_id, one)
    return list(found.values())


def independent(case: Case, human_id: int, document: Document | None) -> bool:
    """INC-STAFF: whether one of ours stands apart: did not ask, saw no consent, is no party."""
    if human_id == case.request.asked_by:
        return False
    if any(human_id == one.witness for one in case.consents):
        return False
    return document is None or document not in set(documents(case))


def documents(case: Case) -> Iterator[Document]:
    """The documents of everybody whom a case is about."""
    for who in (case.giver, case.taker):
        if who is not None:
            yield from who.guardians_documents
            if who.document is not None:
                yield who.document


def completes_at(case: Case, keeping: Keeping, at: Instant) -> Instant | None:
    """When the last consent or approval that is needed was given; None while one is missing."""
    since = consented_at(case, keeping, at)
    needed = approvals_needed(case.request.kind, keeping)
    counted = approvals_counted(case, keeping, at)
    if since is None or len(counted) < needed:
        return None
    return max([since, *(one.approved_at for one in counted[:needed])])


def takes_effect_at(case: Case, keeping: Keeping, at: Instant) -> Instant | None:
    """From when on a complete request may take effect."""
    complete = completes_at(case, keeping, at)
    if complete is None:
        return None
    return Instant(complete + cools_off_ms(case.request.kind, keeping))


def expires_at(case: Case, keeping: Keeping) -> Instant:
    """From when on it is over."""
    return Instant(case.request.asked_at + open_ms(case.request.kind, keeping))
