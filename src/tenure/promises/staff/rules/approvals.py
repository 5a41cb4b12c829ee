"""Whose approval counts; pure."""

from collections.abc import Collection, Sequence

from tenure.promises.staff.model import APPROVES, Approval, Asked, Member, Refusal, Task
from tenure.promises.staff.rules.members import acting, allowed
from tenure.values.instant import Instant
from tenure.values.passkey import Assertion, Passkey, RelyingParty, verified
from tenure.values.refused import Refused


def asked(
    asker: Member | None, new: Asked, known: Asked | None, *, by_staff: bool
) -> Asked | Refused[Refusal]:
    """The request, or why it cannot be asked."""
    if by_staff:
        found = acting(asker)
        if isinstance(found, Refused):
            return found
    if known is not None:
        return Refused(Refusal.REQUEST_KNOWN, "exactly this was asked before; wait for its answer")
    return new


def approved(
    member: Member | None,
    request: Asked | None,
    given: Sequence[Approval],
    key: Passkey | None,
    shown: tuple[Assertion, Instant, RelyingParty],
) -> int | Refused[Refusal]:
    """The key's new sign count, if this member may approve this request and signed its hash.

    ``key`` is the key of that name if it is the member's and has not ended.
    """
    assertion, at, party = shown
    task = Task.APPROVE if request is None else APPROVES.get(request.kind, Task.APPROVE)
    found = allowed(member, task)
    if isinstance(found, Refused):
        return found
    if request is None:
        return Refused(Refusal.REQUEST_UNKNOWN, "no such request; check its number")
    barred = _barred(found, request, given, at)
    if barred is not None:
        return barred
    count = None if key is None else verified(key, assertion, request.request_hash, party)
    if count is None:
        detail = "this passkey does not prove that you approve exactly this; use your own"
        return Refused(Refusal.NOT_PROVEN, detail)
    return count


def _barred(
    approver: Member, request: Asked, given: Sequence[Approval], at: Instant
) -> Refused[Refusal] | None:
    if request.requested_by == approver.human_id:
        detail = "who asked cannot approve, under any login; somebody else has to"
        return Refused(Refusal.OWN_REQUEST, detail)
    if any(one.approved_by == approver.human_id for one in given):
        detail = "you approved this before; somebody else has to"
        return Refused(Refusal.APPROVED_ALREADY, detail)
    if at >= request.until:
        return Refused(Refusal.REQUEST_EXPIRED, "this request is too old; ask again")
    return None


def counting(
    given: Sequence[Approval],
    suspended: Collection[int],
    at: Instant,
    age_max_ms: int | None,
) -> list[Approval]:
    """The approvals that count at an instant: not too old, and of nobody who is suspended."""
    return [
        one
        for one in given
        if one.approved_by not in suspended
        and one.approved_at <= at
        and (age_max_ms is None or at < one.approved_at + age_max_ms)
    ]
