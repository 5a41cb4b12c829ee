"""Who may consent, be a witness, approve and stop, and when: pure, before any key is looked at."""

from tenure.promises.numbers.model.requests import (
    Case,
    Consent,
    Means,
    Party,
    Refusal,
)
from tenure.promises.numbers.rules.requests.complete import (
    consented_at,
    documents,
    independent,
    parties_asked,
    passkey_is_old,
    who_may_be,
)
from tenure.promises.numbers.rules.requests.judging import BEFORE
from tenure.promises.numbers.rules.requests.needs import NEEDS
from tenure.promises.people.model import Document
from tenure.terms.model import Keeping
from tenure.values.instant import Instant
from tenure.values.refused import Refused


def consentable(
    case: Case, consent: Consent, keeping: Keeping, at: Instant
) -> Refused[Refusal] | None:
    """Why this consent is not taken; None when it is.  That it is proven is looked at elsewhere."""
    over = _over(case, keeping, at)
    if over is not None:
        return over
    if consent.given_at < case.request.asked_at:
        return Refused(Refusal.OUT_OF_ORDER, "a consent follows the request; look at the clock")
    asked = parties_asked(case, keeping, at)
    if consent.party not in asked or consent.person_id not in who_may_be(case, consent.party):
        return Refused(Refusal.NOT_A_PARTY, "only the holder, the new one and a guardian consent")
    if any(one.party is consent.party for one in case.consents):
        return Refused(Refusal.GIVEN_ALREADY, "this consent is there; nothing more is needed of it")
    if not passkey_is_old(consent, keeping):
        return Refused(
            Refusal.PASSKEY_TOO_YOUNG, "this passkey is too new; come to a shop, or wait"
        )
    return None


def witnessable(case: Case, human_id: int, document: Document | None) -> Refused[Refusal] | None:
    """Why this human of ours may not be the witness of a presence; None when they may.

    Who asked may see it, and then approves nothing: each pair of eyes counts once.
    """
    if document is not None and document in set(documents(case)):
        return Refused(Refusal.NOT_INDEPENDENT, "a party is no witness; somebody else signs")
    if any(one.human_id == human_id for one in case.approvals):
        return Refused(Refusal.NOT_INDEPENDENT, "who approved is no witness; somebody else signs")
    return None


def approvable(
    case: Case, human_id: int, document: Document | None, keeping: Keeping, at: Instant
) -> Refused[Refusal] | None:
    """Why this human of ours may not approve; None when they may."""
    over = _over(case, keeping, at)
    if over is not None:
        return over
    if not independent(case, human_id, document):
        return Refused(
            Refusal.NOT_INDEPENDENT, "you asked, witnessed or are a party; somebody else approves"
        )
    since = consented_at(case, keeping, at)
    if since is None or at < since:
        return Refused(Refusal.OUT_OF_ORDER, "approve when the consents are there, not before")
    if any(one.human_id == human_id for one in case.approvals):
        return Refused(Refusal.GIVEN_ALREADY, "you have approved it; somebody else is needed")
    return None


def stoppable(
    case: Case, person_id: int | None, means: Means, keeping: Keeping, at: Instant
) -> Refused[Refusal] | None:
    """Why it cannot be stopped by them; None when it can.

    A reply from the number itself is the holder's: ``person_id`` is whose number it is.  Of ours
    (``person_id`` None) anybody who may approve may stop: to stop takes nothing from anybody.
    """
    over = _over(case, keeping, at)
    if over is not None:
        return over
    if person_id is None:
        return None
    by = NEEDS[case.request.kind].stopped_by
    if not by:
        return Refused(
            Refusal.NOT_STOPPABLE,
            "this rests on an order or a complaint; object to it at the call centre",
        )
    parties = [Party.FROM] if means is Means.SMS else sorted(by)
    if not any(person_id in who_may_be(case, party) for party in parties if party in by):
        return Refused(Refusal.NOT_A_PARTY, "only those whom it concerns can stop it")
    return None


def gives_way(case: Case) -> bool:
    """Whether an open request ends when the holder, proven, asks for something else.

    What they could stop anyway, and never agreed to, must not keep them from their own number.
    """
    agreed = any(one.party is Party.FROM for one in case.consents)
    return not agreed and Party.FROM in NEEDS[case.request.kind].stopped_by


def _over(case: Case, keeping: Keeping, at: Instant) -> Refused[Refusal] | None:
    for guard in BEFORE:
        detail = guard.check(case, keeping, at)
        if detail is not None:
            return Refused(guard.refusal, detail)
    return None
