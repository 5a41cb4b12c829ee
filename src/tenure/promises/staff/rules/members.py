"""Which role may do which task; pure."""

import re
from collections.abc import Mapping
from typing import Final

from tenure.promises.staff.model import INVENTED, Human, Member, Refusal, Role, Task
from tenure.values.refused import Refused

MAY: Final[Mapping[Task, frozenset[Role]]] = {
    Task.ISSUE_VOUCHERS: frozenset({Role.FINANCE}),
    Task.BLOCK_VOUCHERS: frozenset({Role.FINANCE, Role.FRAUD}),
    Task.TOP_UP: frozenset({Role.FINANCE, Role.CARE}),
    Task.BAR_LINE: frozenset({Role.CARE, Role.FRAUD}),
    Task.ENROL: frozenset({Role.SUPERVISOR}),
    Task.SELL_LINE: frozenset({Role.SALES}),
    Task.IMPORT_STOCK: frozenset({Role.STOCK}),
    Task.REQUEST_TRANSFER: frozenset({Role.SALES, Role.CARE}),
    Task.APPROVE_TRANSFER: frozenset({Role.FRAUD, Role.SUPERVISOR}),
    Task.REQUEST_SIM: frozenset({Role.SALES, Role.CARE}),
    Task.APPROVE_SIM: frozenset({Role.FRAUD, Role.SUPERVISOR}),
    Task.WITNESS: frozenset({Role.SALES, Role.CARE}),
    Task.REQUEST_LEGAL_ORDER: frozenset({Role.LEGAL}),
    Task.APPROVE_LEGAL_ORDER: frozenset({Role.LEGAL, Role.SUPERVISOR}),
    Task.LOOK_UP: frozenset({Role.CARE, Role.FRAUD, Role.LEGAL, Role.PRIVACY}),
    Task.HANDLE_CASES: frozenset({Role.CARE, Role.FRAUD, Role.LEGAL}),
    Task.HOLD: frozenset({Role.CARE, Role.FRAUD, Role.LEGAL}),
    Task.RESTRICT: frozenset({Role.FRAUD, Role.LEGAL}),
    Task.BREAK_GLASS: frozenset({Role.CARE, Role.FRAUD, Role.ENGINEER}),
    Task.RECYCLE: frozenset({Role.STOCK}),
    Task.APPROVE: frozenset({Role.SUPERVISOR}),
    Task.REVIEW: frozenset({Role.REVIEWER}),
    Task.KEEP_CONSENT: frozenset({Role.SALES, Role.CARE}),
    Task.KEEP_RECORD: frozenset({Role.ENGINEER}),
    Task.PUBLISH: frozenset({Role.LEGAL}),
    Task.HOLD_DATA: frozenset({Role.LEGAL, Role.PRIVACY}),
    Task.HANDLE_BREACH: frozenset({Role.PRIVACY, Role.LEGAL}),
    Task.ANALYSE: frozenset({Role.PRIVACY}),
    Task.END_USAGE: frozenset({Role.PRIVACY}),
    Task.DISCLOSE: frozenset({Role.LEGAL, Role.PRIVACY}),
    Task.RECEIVE_RIGHTS: frozenset({Role.SALES, Role.CARE, Role.LEGAL, Role.PRIVACY}),
    Task.ANSWER_RIGHTS: frozenset({Role.PRIVACY}),
    Task.READ_REPORTS: frozenset({Role.SUPERVISOR, Role.REVIEWER, Role.PRIVACY, Role.REGULATOR}),
}
"""Least privilege: who is not named for a task may not do it, whatever else they are."""

DOCUMENTS: Final = frozenset({"national-id", "passport", INVENTED})

_LOGIN: Final = re.compile(r"[a-z][a-z0-9._-]{0,39}")
_NUMBER: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z /.-]{0,39}")


def allowed(member: Member | None, task: Task) -> Member | Refused[Refusal]:
    """The member, if they may do the task.  A suspension takes effect at once."""
    found = acting(member)
    if isinstance(found, Member) and not found.roles & MAY[task]:
        needed = " or ".join(sorted(role.value for role in MAY[task]))
        return Refused(Refusal.ROLE_MISSING, f"this needs the role {needed}")
    return found


def acting(member: Member | None) -> Member | Refused[Refusal]:
    """The member, if they may do anything at all."""
    if member is None:
        return Refused(Refusal.UNKNOWN_MEMBER, "no such login; enrol it with: tenure staff enrol")
    # Whatever the clock says: one that was set back lets nobody in again.
    if member.suspended_at is not None:
        return Refused(Refusal.SUSPENDED, "this login is suspended; a supervisor can tell why")
    return member


def enrolled(
    new: Member, human: Human, known: Member | None, same: Human | None
) -> Member | Refused[Refusal]:
    """The new member, or why that login cannot be had.

    ``known`` is who has the login already, ``same`` who has the document.
    """
    if not _LOGIN.fullmatch(new.login):
        return Refused(
            Refusal.LOGIN_MALFORMED, "a login is a small letter, then letters, digits, . _ or -"
        )
    if not human.name.strip():
        return Refused(Refusal.NAME_MISSING, "give the name as it stands in the document")
    if human.document.kind not in DOCUMENTS or not _NUMBER.fullmatch(human.document.number):
        detail = "give the document as national-id:NUMBER or passport:NUMBER"
        return Refused(Refusal.DOCUMENT_MALFORMED, detail)
    if known is not None:
        return Refused(Refusal.LOGIN_TAKEN, "this login exists; choose another")
    if same is not None and same.name != human.name:
        detail = "this document is known under another name; give the name as it was given then"
        return Refused(Refusal.NAME_DIFFERS, detail)
    return new
