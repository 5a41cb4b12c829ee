"""When somebody of ours may look at what is held about a number; pure."""

import hashlib
from typing import Final

from tenure.promises.staff.model import Case, Glass, Member, Purpose, Refusal, Task
from tenure.promises.staff.rules.members import allowed
from tenure.values.instant import Instant
from tenure.values.refused import Refused


def salt_of(secret: bytes) -> bytes:
    """The salt of a case, from that of the act that opened it, which is kept nowhere."""
    return hashlib.sha256(b"case" + secret).digest()


def about(salt: bytes, msisdn: str) -> bytes:
    """The number as a case has it."""
    return hashlib.sha256(salt + msisdn.encode()).digest()


def opened(member: Member | None, new: Case, reason: str) -> Case | Refused[Refusal]:
    """The new case, or why it cannot be opened."""
    found = allowed(member, Task.HANDLE_CASES)
    if isinstance(found, Refused):
        return found
    if not reason.strip():
        return Refused(Refusal.REASON_MISSING, "say why, with --reason")
    if new.kind is Purpose.BREAK_GLASS or (
        new.kind is Purpose.DEMONSTRATION and not found.invented
    ):
        return Refused(Refusal.CASE_MISSING, "name what the case is: care, complaint, fault, …")
    return new


def closed(member: Member | None, case: Case | None, at: Instant) -> Case | Refused[Refusal]:
    """The case, if it can be closed."""
    found = allowed(member, Task.HANDLE_CASES)
    if isinstance(found, Refused):
        return found
    return _open(case, at)


def _open(case: Case | None, at: Instant) -> Case | Refused[Refusal]:
    if case is None:
        return Refused(Refusal.CASE_UNKNOWN, "no such case; see: tenure staff cases")
    if case.closed_at is not None and at >= case.closed_at:
        return Refused(Refusal.CASE_CLOSED, "this case is closed; open another")
    return case


def broken(member: Member | None, reason: str) -> Member | Refused[Refusal]:
    """The member, if they may break the glass."""
    found = allowed(member, Task.BREAK_GLASS)
    if isinstance(found, Member) and not reason.strip():
        return Refused(Refusal.REASON_MISSING, "say why, with --reason; others will read it")
    return found


SEES_RESTRICTED: Final = frozenset({Purpose.PRIVACY, Purpose.LEGAL_ORDER, Purpose.BREAK_GLASS})
"""PRV-RIGHTS: for which purposes somebody is looked at whose data is kept and not used."""


def at_rest(purpose: Purpose) -> Refused[Refusal] | None:
    """Why somebody restricted is not looked at for this purpose; None when they may be."""
    if purpose in SEES_RESTRICTED:
        return None
    detail = (
        "their data rests at their request; only a case of kind privacy or legal-order shows it"
    )
    return Refused(Refusal.RESTRICTED, detail)


def looked(
    member: Member | None,
    purpose: Purpose,
    case: Case | None,
    glass: Glass | None,
    msisdn: str,
    at: Instant,
) -> Member | Refused[Refusal]:
    """The member, if they may look at what is held about this number, now and for this purpose.

    ``case`` is the one that was named; ``glass`` is the last that the member broke.
    """
    if purpose is Purpose.BREAK_GLASS:
        found = allowed(member, Task.BREAK_GLASS)
        if isinstance(found, Member) and (glass is None or at >= glass.until):
            detail = "break the glass first, if somebody is in danger: tenure staff break-glass"
            return Refused(Refusal.GLASS_WHOLE, detail)
        return found
    found = allowed(member, Task.LOOK_UP)
    if isinstance(found, Refused):
        return found
    no = _wrong(case, msisdn, at)
    return found if no is None else no


def _wrong(case: Case | None, msisdn: str, at: Instant) -> Refused[Refusal] | None:
    """Why a case does not allow to look at a number."""
    if case is None:
        detail = "name an open case about this number with --case; see: tenure staff open-case"
        return Refused(Refusal.CASE_MISSING, detail)
    standing = _open(case, at)
    if isinstance(standing, Refused):
        return standing
    if about(case.salt, msisdn) != case.about:
        detail = "this case is about another number; open one about this number"
        return Refused(Refusal.CASE_OF_ANOTHER_NUMBER, detail)
    return None
