"""The guards in their order: whether a request may be made, and whether it may take effect."""

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

import msgspec

from tenure.promises.numbers.model.requests import Case, Kind, Means, Party, Refusal
from tenure.promises.numbers.rules.requests import standing
from tenure.promises.numbers.rules.requests.complete import (
    GUARDIAN_OF,
    approvals_counted,
    consents_counted,
    expires_at,
    parties_asked,
    passkey_is_old,
    takes_effect_at,
)
from tenure.promises.numbers.rules.requests.needs import NEEDS, approvals_needed
from tenure.terms.model import Keeping
from tenure.values.instant import HOUR_MS, MINUTE_MS, Instant
from tenure.values.refused import Refused

Check: TypeAlias = Callable[[Case, Keeping, Instant], str | None]
"""None when nothing is wrong, or what to do about it."""


class Guard(msgspec.Struct, frozen=True):
    """One thing that must be so."""

    refusal: Refusal
    check: Check


def _ended(case: Case, _keeping: Keeping, _at: Instant) -> str | None:
    if case.ending is None:
        return None
    return f"this request was {case.ending.outcome.value}; ask anew if it is still wanted"


def _expired(case: Case, keeping: Keeping, at: Instant) -> str | None:
    if at < expires_at(case, keeping):
        return None
    # A lock that the holder asked to have lifted is open when its delay is over, however late the
    # clock closes the request; anything else that waits for too long has to be agreed to again.
    if case.request.kind is Kind.UNLOCK and takes_effect_at(case, keeping, at) is not None:
        return None
    return "this request was open for too long; ask anew"


def _consent_missing(case: Case, keeping: Keeping, at: Instant) -> str | None:
    given = consents_counted(case, keeping, at)
    words = {Party.FROM: "the holder", Party.TO: "the new holder"}
    waits = [
        words[party]
        for party in parties_asked(case, keeping, at)
        if party in words and party not in given
    ]
    return f"consent of {' and of '.join(waits)}" if waits else None


def _guardian_missing(case: Case, keeping: Keeping, at: Instant) -> str | None:
    given = consents_counted(case, keeping, at)
    guardians = set(GUARDIAN_OF.values())
    waits = [
        party
        for party in parties_asked(case, keeping, at)
        if party in guardians and party not in given
    ]
    return "consent of the guardian" if waits else None


def _passkey_too_young(case: Case, keeping: Keeping, _at: Instant) -> str | None:
    young = [
        one
        for one in case.consents
        if one.means is Means.PASSKEY and not passkey_is_old(one, keeping)
    ]
    return "a passkey that is older, or presence in a shop" if young else None


def _approval_missing(case: Case, keeping: Keeping, at: Instant) -> str | None:
    needed = approvals_needed(case.request.kind, keeping)
    lacking = needed - len(approvals_counted(case, keeping, at))
    if lacking <= 0:
        return None
    return "one more approval" if lacking == 1 else f"{lacking} approvals"


def _cooling_off(case: Case, keeping: Keeping, at: Instant) -> str | None:
    effect_at = takes_effect_at(case, keeping, at)
    if effect_at is None or at >= effect_at:
        return None
    return f"{_span(effect_at - at)} of cooling-off"


def _span(wait_ms: int) -> str:
    """How long a person still waits, never told too short: 23 h, 59 min, 1 min."""
    if wait_ms > HOUR_MS:
        return f"{-(-wait_ms // HOUR_MS)} h"
    return f"{-(-wait_ms // MINUTE_MS)} min"


BEFORE: Final = (
    Guard(Refusal.ENDED, _ended),
    Guard(Refusal.EXPIRED, _expired),
)
STANDING: Final = (
    Guard(Refusal.NOT_HELD, standing.not_held),
    Guard(Refusal.NOT_THE_HOLDER, standing.not_the_holder),
    Guard(Refusal.UNKNOWN_PERSON, standing.unknown_person),
    Guard(Refusal.TO_ONESELF, standing.to_oneself),
    Guard(Refusal.NEVER_HELD, standing.never_held),
    Guard(Refusal.DOCUMENT_MISSING, standing.document_missing),
    Guard(Refusal.NO_GUARDIAN, standing.no_guardian),
    Guard(Refusal.AT_THE_LIMIT, standing.at_the_limit),
    Guard(Refusal.LOST, standing.lost),
    Guard(Refusal.SUSPENDED, standing.suspended),
    Guard(Refusal.BARRED, standing.barred),
    Guard(Refusal.DISPUTED, standing.disputed),
    Guard(Refusal.LOCKED, standing.is_locked),
    Guard(Refusal.NOT_LOCKED, standing.not_locked),
    Guard(Refusal.SIM_TOO_YOUNG, standing.sim_too_young),
    Guard(Refusal.SIM_NOT_FREE, standing.sim_not_free),
)
AGREED: Final = (
    Guard(Refusal.PASSKEY_TOO_YOUNG, _passkey_too_young),
    Guard(Refusal.CONSENT_MISSING, _consent_missing),
    Guard(Refusal.GUARDIAN_CONSENT_MISSING, _guardian_missing),
    Guard(Refusal.APPROVAL_MISSING, _approval_missing),
    Guard(Refusal.COOLING_OFF, _cooling_off),
)
_OBEYED_BY_SOME: Final = frozenset(refusal for needs in NEEDS.values() for refusal in needs.obeys)


def _refusals(
    guards: tuple[Guard, ...], case: Case, keeping: Keeping, at: Instant
) -> Iterator[Refused[Refusal]]:
    obeys = NEEDS[case.request.kind].obeys
    for guard in guards:
        if guard.refusal in _OBEYED_BY_SOME and guard.refusal not in obeys:
            continue
        detail = guard.check(case, keeping, at)
        if detail is not None:
            yield Refused(guard.refusal, detail)


def asked(case: Case, keeping: Keeping, at: Instant) -> Refused[Refusal] | None:
    """Why a request cannot be made; None when it can.  The gravest reason is named."""
    return next(_refusals(STANDING, case, keeping, at), None)


def effected(case: Case, keeping: Keeping, at: Instant) -> Refused[Refusal] | None:
    """Why a request cannot take effect now; None when it does."""
    return next(_refusals((*BEFORE, *STANDING, *AGREED), case, keeping, at), None)


def missing(case: Case, keeping: Keeping, at: Instant) -> list[Refused[Refusal]]:
    """Everything a request still waits for, so that nobody has to come twice."""
    return list(_refusals((*BEFORE, *STANDING, *AGREED), case, keeping, at))
