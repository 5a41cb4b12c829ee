"""When two rows are one human, and who must agree; pure."""

import hashlib
from collections.abc import Collection, Sequence

from tenure.promises.people.model import (
    APPROVALS_MIN,
    MergeRequest,
    Person,
    Refusal,
)
from tenure.promises.record.model import Act, Plain
from tenure.promises.record.rules import canonical
from tenure.values.refused import Refused


def asked(
    duplicate: Person | None, survivor: Person | None, holds: Collection[str], act: Act
) -> MergeRequest | Refused[Refusal]:
    """What is to be approved, or why it cannot be asked.

    ``holds`` are the numbers in the name of the duplicate: tenure is never rewritten, so they are
    transferred first, with all that a transfer asks.
    """
    wrong = standing(duplicate, survivor, holds)
    if wrong is not None:
        return wrong
    assert duplicate is not None
    assert survivor is not None
    said: dict[str, Plain] = {
        "version": 1,
        "kind": "people.merge",
        "duplicate": str(duplicate.person_id),
        "survivor": str(survivor.person_id),
        "at": act.at,
        "reason": act.reason,
    }
    body = canonical(said)
    hashed = hashlib.sha256(body.encode()).digest()
    return MergeRequest(duplicate.person_id, survivor.person_id, body, hashed, act.at)


def standing(
    duplicate: Person | None, survivor: Person | None, holds: Collection[str]
) -> Refused[Refusal] | None:
    """Why these two cannot become one."""
    if duplicate is None or survivor is None:
        return Refused(Refusal.UNKNOWN_PERSON, "nobody has this number; see: tenure person show")
    if duplicate.person_id == survivor.person_id:
        return Refused(Refusal.SAME_PERSON, "these are one row already; name two")
    for one in (duplicate, survivor):
        if one.merged_into is not None:
            detail = f"person {one.person_id} was merged into {one.merged_into}; use that one"
            return Refused(Refusal.IS_A_DUPLICATE, detail)
    if holds:
        detail = (
            f"the duplicate holds {len(holds)} numbers; transfer them to person "
            f"{survivor.person_id} first: tenure number transfer"
        )
        return Refused(Refusal.HOLDS_NUMBERS, detail)
    return None


def merged(
    request: MergeRequest | None,
    duplicate: Person | None,
    survivor: Person | None,
    holds: Collection[str],
    approved_by: Sequence[int],
) -> MergeRequest | Refused[Refusal]:
    """The merge, if two others agreed to exactly this.  ``approved_by`` are humans who count."""
    if request is None:
        return Refused(Refusal.MERGE_UNKNOWN, "no such merge was asked; see: tenure person merge")
    wrong = standing(duplicate, survivor, holds)
    if wrong is not None:
        return wrong
    lacking = APPROVALS_MIN - len(set(approved_by))
    if lacking > 0:
        detail = f"{lacking} more of ours, who did not ask, have to approve it"
        return Refused(Refusal.APPROVALS_MISSING, detail)
    return request
